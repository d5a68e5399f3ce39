"""The panel's papers on one bid, frozen when they are issued: the bid as it was last sent, the
officer's report and public data as they stood. Reissued only where something changed."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fundflow import figures
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.change import ChangeRequest
from fundflow.models.minutes import Paper
from fundflow.models.need import NeedAssessment
from fundflow.models.panel import AgendaItem
from fundflow.models.person import User
from fundflow.models.review import ITEMS, Review, Submission
from fundflow.rules.change_requests import effect_of
from fundflow.rules.change_words import differences, schedule_differences
from fundflow.rules.follow_ups import earlier_results
from fundflow.rules.interests.records import shown_by_records
from fundflow.workflow.date_words import day_words
from fundflow.workflow.interests import ties_of_them
from fundflow.workflow.meeting import MeetingState


def issue(item: AgendaItem, *, user: User, now: datetime) -> Paper:
    """Freeze what the panel is given on this item; the latest papers where nothing changed since.

    From the first issue on the item keeps the fund's rules of that moment. The caller has locked the
    bid and commits.
    """
    if item.rules_id is None:
        item.kept_rules = item.bid.fund.rules_in_force
    db.session.flush()  # a new item, or a new report, is read back below
    known, sent = latest(item), latest_submission(item.bid)
    report, shown = report_of(item.bid), figures_of(item.bid)
    if item.change:
        report, shown = report_on_change(item.change, now), {}
    digest = fingerprint(sent, report, shown)
    if known is not None and known.sha256 == digest:
        return known
    paper = Paper(
        item=item,
        number=known.number + 1 if known else 1,
        submission=sent,
        report=report,
        figures=shown,
        issued_at=now,
        issued_by_id=user.id,
        sha256=digest,
    )
    db.session.add(paper)
    db.session.flush()  # so that issuing again in this transaction finds it
    return paper


def issue_if_out(item: AgendaItem, *, user: User, now: datetime) -> None:
    """Issue the papers of an item that joins a meeting whose papers are out already."""
    if item.meeting.state is not MeetingState.PLANNED:
        issue(item, user=user, now=now)


def latest(item: AgendaItem) -> Paper | None:
    """The papers that count."""
    return db.session.scalar(
        select(Paper)
        .where(Paper.item_id == item.id)
        .order_by(Paper.number.desc())
        .limit(1)
        .options(joinedload(Paper.submission))
    )


def latest_submission(bid: Bid) -> Submission | None:
    """The bid as it was last sent."""
    return db.session.scalar(
        select(Submission).where(Submission.bid_id == bid.id).order_by(Submission.number.desc()).limit(1)
    )


def changed_since(before: Paper, after: Paper) -> list[str]:
    """Which parts of the papers differ, in words."""
    return [
        words
        for words, one, other in (
            ("the bid", before.submission_id, after.submission_id),
            ("the officer’s report", before.report, after.report),
            ("the figures and public data", before.figures, after.figures),
        )
        if one != other
    ]


def fingerprint(sent: Submission | None, report: dict[str, Any], shown: dict[str, Any]) -> str:
    """SHA-256 over the three parts; of the bid its own fingerprint."""
    return hashlib.sha256(frozen(sent, report, shown)).hexdigest()


def frozen(sent: Submission | None, report: dict[str, Any], shown: dict[str, Any]) -> bytes:
    """The bytes of papers that their fingerprint hashes."""
    parts = {"bid": sent.sha256 if sent else None, "report": report, "figures": shown}
    return json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()


# -- the parts ----------------------------------------------------------------------------------


def report_of(bid: Bid) -> dict[str, Any]:
    """The officer's report as it stands, in words where a code would mean nothing in ten years."""
    review = bid.review
    return {
        "officer": bid.officer.name if bid.officer else "",
        "interest": _interest(bid),
        "requested_pence": bid.requested_pence,
        **(_written(review) if review else {}),
        **({"earlier": earlier} if (earlier := earlier_results(bid)) else {}),
        **({"why_odd": bid.why_odd} if bid.why_odd else {}),
        **({"question": bid.panel_question, "answer": bid.panel_answer} if bid.panel_question else {}),
    }


def report_on_change(change: ChangeRequest, now: datetime) -> dict[str, Any]:
    """What the panel is given on a change of the award: before and after, its effect, and why."""
    rows = differences(change) + schedule_differences(change)
    agreed = [answer.school.name for answer in change.answers if answer.agreed_at]
    return {
        "officer": change.bid.officer.name if change.bid.officer else "",
        "interest": _interest(change.bid),
        "change": {
            "why": change.why,
            "advice": change.advice,
            "rows": [row._asdict() for row in rows],
            "added_pence": effect_of(change, now).added,
            "agreed": agreed,
        },
    }


def _written(review: Review) -> dict[str, Any]:
    recommended = review.recommendation
    return {
        "recommendation": recommended.words if recommended else "",
        "recommended_pence": review.recommended_pence,
        "conditions": review.conditions,
        "need_notes": review.need_notes,
        "value_notes": review.value_notes,
        **({"assessment": _assessed(review.assessment)} if review.assessment else {}),
        "checks": _checks(review),
        **({"reply": review.reply} if review.reply else {}),
    }


def _assessed(made: NeedAssessment) -> dict[str, str]:
    """The assessment of need; where the bid was sent again since, that is said beside its day."""
    sent = latest_submission(made.review.bid)
    before = ", before the bid was last sent" if sent and sent.at > made.at else ""
    said = {name: getattr(made, name) for name in ("known", "seen", "tried", "asked")}
    return {**said, "made": f"{day_words(made.assessed_on)}, by {made.by.name}{before}"}


def _checks(review: Review) -> list[dict[str, Any]]:
    """The checklist with the facts beside each item: what failed first, which the panel must weigh."""
    answered = [(item, review.check(item.slug)) for item in ITEMS]
    rows = [
        {
            "item": item.words,
            "verdict": check.verdict.words if check and check.verdict else "Not answered",
            "note": check.note if check else "",
            **({"facts": check.facts} if check and check.facts else {}),
        }
        for item, check in answered
    ]
    order = ("Fail", "Not answered", "Not applicable", "Pass")
    return sorted(rows, key=lambda row: order.index(row["verdict"]))


def _interest(bid: Bid) -> list[str]:
    """What the records show, and the officer declared, of their interest in the bid."""
    if bid.officer is None:
        return []
    said = [
        f"{bid.officer.name} {ties_of_them([tie])}."
        for tie in shown_by_records(bid, [bid.officer]).get(bid.officer.id, [])
    ]
    for declared in bid.declarations:
        if declared.user_id == bid.officer.id and declared.text:
            said.append(f"{bid.officer.name} declared: {declared.kind.words.lower()} ({declared.text}).")
    return said or [f"Nothing in our records shows an interest of {bid.officer.name}."]


def figures_of(bid: Bid) -> dict[str, Any]:
    """Value for money, and public data on the schools, as held now."""
    schools = [row for _, row in figures.of_schools(bid)] + figures.of_area(bid)
    return {
        "sums": [row._asdict() for row in figures.value_for_money(bid)],
        "schools": [{key: text for key, text in row._asdict().items() if key != "tier"} for row in schools],
    }
