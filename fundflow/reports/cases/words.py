"""The words of a case study: what a draft begins with, and what they may not say."""

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import PupilGroupKind
from fundflow.models.brokering import Expertise, SupportRequest
from fundflow.models.impact import ImpactReturn, Rag
from fundflow.models.school import School
from fundflow.names import searchable
from fundflow.rules.bank_details import why_not_kept
from fundflow.rules.impact import Standing, measured, rag_for
from fundflow.rules.public_text import why_not_public
from fundflow.workflow.impact_return import ReturnKind

WHERE = "a case study"
# Numbers that count no pupils: “Year 4”, “Years 3 and 4”, “Key Stage 2”.
STAGES = re.compile(
    r"\b(?:years?|key stages?|ks|grades?|sets?)\s*\d+(?:\s*(?:,|and|or|to|–|-)\s*\d+)*", re.IGNORECASE
)
NUMBER = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
PUPILS = re.compile(
    rf"(?<![\w.,])(?:\d[\d,]*|{NUMBER})\s+(?:[\w’'\-]+\s+){{0,3}}?(?:pupils?|children|child|learners?|students?|boys?|girls?)\b",
    re.IGNORECASE,
)
MOVED = {
    Rag.GREEN: "reached its target, or came close",
    Rag.AMBER: "moved part of the way to its target",
    Rag.RED: "moved little towards its target",
}


class Words(NamedTuple):
    """What a case study says, by its columns."""

    title: str
    need: str
    support: str
    change: str
    lessons: str


def drafted_from(bid: Bid, day: date) -> Words:
    """What a draft begins with, from the bid and its accepted final report. A person checks it first."""
    report = bid.standing_return(ReturnKind.FINAL)
    if report is None:
        return Words(bid.title, bid.need, bid.approach, "", "")
    results = [*_moved(bid, report, day)] if bid.fund.publishes_ratings else []
    return Words(
        bid.title,
        bid.need,
        _paragraphs(bid.approach, *(activity.what for activity in bid.activities)),
        _paragraphs(report.published_summary or report.summary, *results),
        _paragraphs(
            f"What helped: {report.helped}" if report.helped else "",
            f"What got in the way: {report.hindered}" if report.hindered else "",
            report.lessons,
        ),
    )


def _moved(bid: Bid, report: ImpactReturn, day: date) -> Iterable[str]:
    """How far each outcome for all pupils moved: in words, since a figure may tell of few pupils."""
    for outcome in bid.outcomes:
        result = measured(report, outcome)
        rag = rag_for(bid.fund, result.movement)
        if outcome.group is PupilGroupKind.ALL and result.standing(day) is Standing.RATED and rag in MOVED:
            yield f"{outcome.measure}: {MOVED[rag]}."


def _paragraphs(*texts: str) -> str:
    return "\n\n".join(text.strip() for text in texts if text and text.strip())


def expertise_of(bid: Bid) -> Expertise | None:
    """The need that the bid's school asked for help with, where the bid began as a request for support."""
    return db.session.scalar(
        select(SupportRequest.expertise).where(SupportRequest.draft_id == bid.id).order_by(SupportRequest.id)
    )


def always_named(bid: Bid) -> list[School]:
    """The schools that a case study of the bid is about: the one that leads it, as the register says, and
    those that received the support."""
    return list(dict.fromkeys([bid.lead_school, *bid.supported]))


def may_be_named(bid: Bid) -> list[School]:
    """The other schools that took part."""
    named = always_named(bid)
    return [p.school for p in bid.partners if p.takes_part and p.school not in named]


def why_not_told(bid: Bid, words: Words, named: Iterable[School]) -> str | None:
    """None where these words name nobody, count no pupils and speak of no school that is not asked; else
    what must come out of them, as a sentence."""
    for text in words:
        if why := why_not_kept(text) or why_counts_pupils(text):
            return why
    everything = "\n".join(words)
    if why := why_not_public(everything, bid, where=WHERE):
        return why
    titled = searchable(words.title)
    if school := next((one for one in bid.schools if searchable(one.name) in titled), None):
        return f"Take “{school.name}” out of the title: reports keep it, also when consent is taken back."
    said, asked = searchable(everything), list(named)
    for school in asked:  # whose name may hold another's
        said = said.replace(searchable(school.name), "")
    other = next((one for one in bid.schools if one not in asked and searchable(one.name) in said), None)
    return (
        f"Take out “{other.name}”, or tick it below: its head is then asked to agree too." if other else None
    )


def why_counts_pupils(text: str) -> str | None:
    """None where a text counts no pupils: those of a bid are never published, small numbers tell too much."""
    found = PUPILS.search(STAGES.sub("", text))
    return (
        f"Take out “{found.group()}”: a case study counts no pupils. Say “a small group” instead."
        if found
        else None
    )
