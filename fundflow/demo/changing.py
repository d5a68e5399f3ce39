"""Changing answers of a bid as its form does: a section's own, or one of its rows."""

from datetime import datetime
from typing import Any

from fundflow.applications import editing, freezing
from fundflow.applications.sections import PAGE, Rows, SectionPage
from fundflow.models.bid import Bid
from fundflow.models.person import User


def save(
    bid: Bid, slug: str, *, user: User, now: datetime, replies: list[str] | None = None, **answers: Any
) -> None:
    """Save a section, with replies to the officer's questions about it in their order."""
    page = PAGE[slug]
    asked = [query.id for query in freezing.questions(bid, page)]
    said = dict(zip(asked, replies or [], strict=False))
    editing.save_section(
        bid, page, answers=answers, replies=said, stamp=freezing.stamp(bid, page), user=user, now=now
    )


def add_row(bid: Bid, slug: str, rows: str, *, user: User, now: datetime, **answers: Any) -> None:
    page, kind = _rows(slug, rows)
    editing.add_row(bid, page, kind, answers=answers, stamp=freezing.stamp(bid, page), user=user, now=now)


def change_row(bid: Bid, slug: str, rows: str, *, user: User, now: datetime, **answers: Any) -> None:
    """Change the first row of a kind."""
    page, kind = _rows(slug, rows)
    editing.change_row(
        bid,
        page,
        kind,
        kind.of(bid)[0].id,
        answers=answers,
        stamp=freezing.stamp(bid, page),
        user=user,
        now=now,
    )


def _rows(slug: str, rows: str) -> tuple[SectionPage, Rows]:
    page = PAGE[slug]
    kind = page.rows_named(rows)
    assert kind is not None, f"{slug} has {rows}"
    return page, kind
