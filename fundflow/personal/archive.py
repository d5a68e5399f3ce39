"""The copy of what is held about a person: one page to read, and the same as data."""

import io
import json
import zipfile
from datetime import datetime
from typing import NamedTuple

from flask import current_app

from fundflow.history import plain
from fundflow.personal.gathering import Subject, sections_of
from fundflow.personal.registry import Category
from fundflow.workflow.date_words import moment_words


class Archive(NamedTuple):
    """A zip file, and how many records it holds."""

    data: bytes
    size: int


def archive_of(subject: Subject, now: datetime) -> Archive:
    """Everything held about one person at this moment, as `about-you.html` and `about-you.json` in a zip."""
    sections = sections_of(subject)
    by_category = {
        category: [section for section in sections if section.category is category] for category in Category
    }
    page = current_app.jinja_env.get_template("personal/archive.html").render(
        council=current_app.config["COUNCIL"],
        service=current_app.config["SERVICE"],
        subject=subject,
        made_at=now,
        shown=_shown,
        categories={category: found for category, found in by_category.items() if found},
    )
    data = {
        "about": subject.name,
        "made_at": plain(now),
        "records": [
            {"category": s.category.value, "kind": s.title, "rows": [_plain_row(row) for row in s.rows]}
            for s in sections
        ],
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("about-you.html", page)
        archive.writestr("about-you.json", json.dumps(data, ensure_ascii=False, indent=1))
    return Archive(out.getvalue(), sum(len(section.rows) for section in sections))


def _plain_row(row: dict[str, object]) -> dict[str, object]:
    return {name: plain(value) for name, value in row.items()}


def _shown(value: object) -> str:
    """A value for readers: moments in London, choices as their names, lists and copies as they are."""
    if isinstance(value, datetime):
        return moment_words(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    found = plain(value)
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
