"""A bid's answers as plain data: what is frozen at submission, compared and shown.

One shape serves all: the live bid and every frozen version are shown from the same data, so a
version reads as the bid did.
"""

import hashlib
import json
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from fundflow.applications.sections import Rows, SectionPage, ShownAnswer, pages_of
from fundflow.models.bid import Bid
from fundflow.models.review import Query
from fundflow.models.school import SchoolRef
from fundflow.models.unfinished import unfinished_under
from fundflow.rules.bid_money import cost_breakdown
from fundflow.web.forms import fingerprint


def frozen(bid: Bid) -> str:
    """The whole bid as JSON text with sorted keys: the same answers give the same text."""
    return as_text(answers(bid))


def as_text(found: dict[str, Any]) -> str:
    """Answers as the text that is frozen and hashed."""
    return json.dumps(found, sort_keys=True, ensure_ascii=False)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def answers(bid: Bid) -> dict[str, Any]:
    """The whole bid: {"sections": {slug: {"answers": …, "rows": {kind: […]}}}, "money": …}."""
    money = cost_breakdown(bid)
    return {
        "reference": bid.reference,
        "fund": bid.fund.name,
        "round": bid.round.name,
        "lead_school": plain(bid.lead_school.ref),
        "sections": {page.slug: section_answers(bid, page) for page in pages_of(bid)},
        "money": {**money._asdict(), "costs": money.costs, "requested": money.requested},
    }


def section_answers(bid: Bid, page: SectionPage) -> dict[str, Any]:
    """`asked` stands where questions are not the form's own: they are frozen with their answers."""
    found = {
        "answers": _record(bid, page.form.stored(), page.shown),
        "rows": {rows.slug: [row_answers(row, rows) for row in rows.of(bid)] for rows in page.rows},
    }
    if page.asked is None:
        return found
    return found | {"asked": [{"question": asked, "answer": said} for asked, said in page.asked(bid)]}


def row_answers(row: Any, rows: Rows) -> dict[str, Any]:
    return _record(row, rows.form.stored(), rows.shown)


def _record(record: Any, names: list[str], shown: tuple[ShownAnswer, ...]) -> dict[str, Any]:
    """Keys of other tables mean nothing in ten years, so what they point at is written out."""
    kept = {name: plain(getattr(record, name)) for name in names if not name.endswith("_id")}
    read = [(item, plain(item.read(record))) for item in shown]
    return kept | {item.key: value for item, value in read if value or item.always}


def plain(value: Any) -> Any:
    """A value as JSON has it; one number is always written one way."""
    if isinstance(value, SchoolRef):
        return value._asdict()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def stamp(bid: Bid, page: SectionPage) -> str:
    """The fingerprint of a section as it is stored now: answers, rows, replies to questions and
    what is unfinished."""
    ids = {rows.slug: [row.id for row in rows.of(bid)] for rows in page.rows}
    replies = {str(query.id): query.answer for query in questions(bid, page)}
    begun = unfinished_under(bid, f"form/{page.slug}")
    return fingerprint([section_answers(bid, page), ids, replies, begun])


def questions(bid: Bid, page: SectionPage) -> list[Query]:
    """What the officer asked about this section when the bid was last returned."""
    if page.slug not in bid.open_query_sections:
        return []
    latest = max(query.batch for query in bid.queries)
    return [q for q in bid.queries if q.section == page.slug and q.batch == latest]
