"""Bids, their addresses and letters, and filling the form as a browser would: page, stamp, answers."""

import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow.applications.freezing import frozen, sha256
from fundflow.applications.sections import PAGE
from fundflow.demo import answers as complete
from fundflow.models.bid import Bid
from fundflow.models.files import Attachment
from fundflow.models.letter import Letter
from fundflow.models.person import User
from fundflow.models.review import Submission
from fundflow.models.round import RoundQuestion
from fundflow.rules.bid_sections import SECTIONS
from fundflow.workflow.application import BidState as S
from tests.factories import NOW, Make


def hidden(html: str, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)
    return found.group(1) if found else ""


def send(client: FlaskClient, path: str, *, stamp: str | None = None, **answers: Any) -> Any:
    """GET the page for its stamp and version, then POST the answers."""
    page = client.get(path).text
    data = {"stamp": stamp or hidden(page, "stamp"), "version": hidden(page, "version"), **answers}
    return client.post(path, data=data)


def day(name: str, text: str) -> dict[str, str]:
    """`27 3 2027` as a date field's three boxes."""
    parts = dict(zip(("day", "month", "year"), text.split(), strict=True))
    return {f"{name}-{part}": value for part, value in parts.items()}


def form(bid: Bid, rest: str = "") -> str:
    return f"/bids/{bid.reference}/form{rest}"


def answers_to(path: str) -> dict[str, Any]:
    """What a complete bid answers to a section's own questions, as a browser sends it; of rows, nothing."""
    page = PAGE.get(path.strip("/"))
    asked = page.form.questions() if page else {}
    return {name: _typed(value) for name, value in (complete.SHORT | complete.FULL).items() if name in asked}


def the_rest(steps: list[tuple[str, dict[str, Any]]], *, full: bool) -> list[tuple[str, dict[str, Any]]]:
    """The sections that these steps leave out, where a complete bid has answers of its own to them."""
    named = {path.split("/")[1] for path, _ in steps}
    return [
        (f"/{page.slug}", {})
        for page in PAGE.values()
        if page.slug not in named and answers_to(page.slug) and (full or not page.section.full)
    ]


def asked_of(bid: Bid) -> int:
    """How many sections this bid has to complete, the optional ones too."""
    return sum(section.applies(bid) for section in SECTIONS)


def _typed(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return getattr(value, "value", value)


def save(client: FlaskClient, bid: Bid, path: str, **answers: Any) -> Any:
    """Send a section with all its answers, or a row: those given, else a complete bid's."""
    return send(client, form(bid, path), **{**answers_to(path), **answers})


def errors(answer: Any) -> list[str]:
    """The error summary's sentences."""
    summary = answer.text.partition("govuk-error-summary__list")[2].partition("</ul>")[0]
    items = re.findall(r"<li>(.*?)</li>", summary, re.S)
    return [re.sub(r"<[^>]+>", "", item).strip() for item in items]


PARTNER = {"part": "provider", "contact_name": "Ann Head", "contact_email": "ann@oak.example"}
EVIDENCE = {"kind": "assessment", "source": "Phonics check", "text": "58%", **day("dated", "30 6 2026")}
OUTCOME = {
    "measure": "Phonics standard",
    "unit": "%",
    "group": "all",
    "method": "Phonics check",
    "baseline": "58",
    "target": "76",
    **day("baseline_on", "30 6 2026"),
    **day("target_on", "30 6 2027"),
}
ACTIVITY = {
    "what": "Coaching",
    "who": "Reading lead",
    "half_days": "8.5",
    **day("starts_on", "11 1 2027"),
    **day("ends_on", "1 7 2027"),
}
BACKFILL = {
    "staff_role": "Reading lead",
    "staff_code": "RL1",
    "half_days": "6",
    "day_rate_pence": "350",
    "on_cost_basis_points": "0",
    "vat_code": "outside",
    "rate_reason": "",
}
CONTACT = {**answers_to("/contact"), "contact_role": "Business manager"}
DATES = {**day("start_on", "4 1 2027"), **day("end_on", "16 7 2027")}
RISK = {"risk": "A coach falls ill.", "likelihood": "2", "impact": "3", "mitigation": "Two are trained."}
FULL = ("provider", "approach", "strength", "risks", "value", "lasting", "equality", "files")


def grow(bid: Bid) -> None:
    """To £7,200, which is the full form's."""
    bid.backfill_lines[0].half_days, bid.activities[0].half_days, bid.requested_pence = 36, 41, 720_000


def shrink(bid: Bid) -> None:
    """Back to £3,000."""
    bid.backfill_lines[0].half_days, bid.activities[0].half_days, bid.requested_pence = 12, 17, 300_000


def ask(bid: Bid, session: Session, text: str, **values: Any) -> RoundQuestion:
    """A question of the round's own."""
    question = RoundQuestion(round_id=bid.round_id, text=text, **values)
    session.add(question)
    session.commit()
    return question


def words_of(text: str) -> str:
    return " ".join(text.split())


def empty(bid: Bid, session: Session) -> None:
    """Take out most of what the full form asks."""
    for row in [bid.evidence[1], *bid.risks]:
        session.delete(row)
    bid.external_provider = "Readers plc"
    bid.approach = bid.evidence_strength_source = bid.value_for_money = bid.sustainability = ""
    bid.sharing = bid.equality = bid.approver_name = ""
    session.commit()
    session.expire_all()


def full_bid(make: Make, head: User, state: S = S.DRAFT, **values: Any) -> Bid:
    """A bid large enough for the full form, which has a section for files."""
    bid = make.bid(state=state, lead=head.memberships[0].school, leader=head, **values)
    bid.requested_pence = bid.fund.full_from_pence
    make.session.flush()
    return bid


def freeze(make: Make, bid: Bid, number: int) -> Submission:
    """The bid as it is now, as its version of this number."""
    make.session.expire(bid)
    text = frozen(bid)
    return make._add(
        Submission(
            bid_id=bid.id, number=number, at=NOW, by_id=bid.created_by_id, answers=text, sha256=sha256(text)
        )
    )


def file_path(bid: Bid, file: Attachment) -> str:
    return f"/bids/{bid.reference}/files/{file.id}"


def bid_in(make: Any, people: dict[str, Any], state: S, **values: Any) -> Bid:
    bid: Bid = make.bid(
        lead=people["lead"], provider=people["oak"], leader=people["head"], state=state, **values
    )
    return bid


def letters(session: Any, bid: Bid) -> list[tuple[str, str]]:
    rows = session.scalars(select(Letter).where(Letter.bid_id == bid.id).order_by(Letter.id))
    return [(letter.recipient, letter.email) for letter in rows]


def at(bid: Bid, rest: str = "") -> str:
    return f"/bids/{bid.reference}{rest}"


def step(bid: Bid, name: str) -> str:
    return at(bid, f"/steps/{name}")


def start(client: Any, bid: Bid) -> None:
    assert send(client, at(bid, "/start-correction")).location.endswith("/form")


def more_days(client: Any, bid: Bid, days: str = "7") -> None:
    line = bid.backfill_lines[0]
    answer = send(
        client,
        form(bid, f"/costs/backfill/{line.id}"),
        school_id=str(line.school_id),
        staff_role=line.staff_role,
        staff_code="RL1",
        half_days=days,
        day_rate_pence="350",
        on_cost_basis_points="0",
        vat_code="outside",
        rate_reason="",
    )
    assert answer.status_code == 302
