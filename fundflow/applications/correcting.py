"""Correcting answers after a bid was submitted, while nobody waits for the school.

The form is open to the school while a correction is. Everybody else keeps reading what was last
sent, and the officer's report waits. A typo is sent by anybody of the school's team; what others
agreed to is sent by the head, and put to them again.
"""

from datetime import datetime
from typing import NamedTuple

from fundflow.actors import actors_for
from fundflow.applications import asking, freezing
from fundflow.applications.differences import APPROVER, Differences, approver_differs, between, signed_parts
from fundflow.applications.operations import freeze, put_back_unsent
from fundflow.applications.queries import agreed_answers, heads, leads
from fundflow.applications.reading import Brief, Costs, brief, costs_in_words
from fundflow.extensions import db
from fundflow.letters import write_letter
from fundflow.letters.recipients import RECIPIENTS
from fundflow.models.bid import Bid
from fundflow.models.history import HistoryEntry
from fundflow.models.person import User
from fundflow.models.review import Submission, SubmissionKind
from fundflow.papers import latest_submission
from fundflow.permissions import CORRECTABLE, is_open_to_school
from fundflow.rules.interests.bars import bar_of
from fundflow.steps import lock, note, require_step, take_step
from fundflow.workflow.actors import Actor
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.phrases import joined
from fundflow.workflow.working_days import london_date

NOTHING_CHANGED = (
    "Nothing differs from what your school sent last. Change an answer first, or drop the correction."
)
HEAD_SENDS = "This changes {what}, so the head must agree and send it."
TICK = "Tick the box to show that you agree"


class Correction(NamedTuple):
    """What a correction changes, and whose word it therefore needs.

    parts     parts that others agreed to: the dates, the costs …; empty for a typo
    asked     who is asked to confirm or sign again, as names
    """

    differences: Differences
    parts: list[str]
    asked: list[str]


def why_no_correction(user: User, bid: Bid, now: datetime) -> str | None:
    """None while this person may start a correction, else the sentence."""
    if not leads(user, bid, now):
        return f"Only {Actor.SCHOOL_TEAM.words} can do this."
    if bid.state not in CORRECTABLE:
        return "Answers can be corrected after the bid was submitted and before it goes to the panel."
    return None


def correction_of(bid: Bid) -> Correction:
    """The correction as it stands now, against what was sent last."""
    last = _last(bid).answers
    live = freezing.frozen(bid)
    parts = signed_parts(last, live)
    signer = approver_differs(last, live)
    asked = _asked_again(bid, bool(parts)) if parts or signer else []
    return Correction(between(last, live), [*parts, *([APPROVER] if signer else [])], asked)


def _asked_again(bid: Bid, changed: bool) -> list[str]:
    schools = [partner.school.name for partner in bid.partners] if changed else []
    return schools + ([bid.approver_name] if bid.approver_wanted else [])


def as_sent(user: User, bid: Bid, now: datetime) -> tuple[Brief, Costs] | None:
    """The bid as it was last sent, in brief, for anyone who must not see that its school is changing it;
    None where what is stored is what this person may read."""
    if bid.submitted_at is None or not is_open_to_school(bid) or leads(user, bid, now):
        return None
    data = agreed_answers(bid)
    return brief(data), costs_in_words(data)


def start_correction(bid: Bid, *, user: User, now: datetime) -> None:
    """Open the form for a correction; one that is open already, perhaps a colleague's, goes on."""
    lock(bid, None)
    refuse_if(why_no_correction(user, bid, now))
    if bid.correcting_since is None:
        bid.correcting_since = now
        note(bid, "start_correction", "Started to correct an answer", user=user, now=now)
    db.session.commit()


def send_correction(
    bid: Bid, *, agreement: bool, why_odd: str = "", user: User, now: datetime, version: int | None
) -> None:
    """Freeze the corrected bid, log old and new, and ask again for the words that need it.

    Raises Refused where nothing differs, and where the head must agree and has not.
    """
    lock(bid, version, step="correct", user=user)
    require_step(bid, "correct", user, now)
    correction = correction_of(bid)
    if not correction.differences:
        raise Refused(NOTHING_CHANGED)
    if correction.parts:
        _require_agreement(bid, correction, agreement, user, now)
        bid.agreed_by_id = user.id
    freeze(bid, SubmissionKind.CORRECTED, user, now, why_odd)
    take_step(
        bid,
        "correct",
        user=user,
        now=now,
        version=version,
        given={"changes": correction.differences.in_lines(), "asked": correction.asked},
    )
    bid.correcting_since = None
    if correction.parts:
        changed = correction.parts != [APPROVER]
        asking.ask_anew(bid, changed=changed, user=user, now=now)
        asking.agreed_by_head(bid, user, now)
    asking.reach_changed_heads(bid, now)
    db.session.commit()


def _require_agreement(bid: Bid, correction: Correction, agreement: bool, user: User, now: datetime) -> None:
    if not heads(user, bid, now):
        raise Refused(HEAD_SENDS.format(what=joined(correction.parts)))
    if not agreement:
        raise Refused(TICK + ".")


def drop_correction(bid: Bid, *, user: User, now: datetime, version: int | None) -> None:
    """Put back what the school sent last; the school changed its mind."""
    lock(bid, version, step="drop_correction", user=user)
    refuse_if(None if leads(user, bid, now) else f"Only {Actor.SCHOOL_TEAM.words} can do this.")
    _put_back(bid, now)
    note(bid, "drop_correction", "Dropped the correction", user=user, now=now, version=version)
    db.session.commit()


def put_back(bid: Bid, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """An officer ends a correction that the school left open; the school is told why."""
    lock(bid, version, step="put_back", user=user)
    refuse_if(why_no_put_back(user, bid, now))
    _put_back(bid, now)
    entry = note(
        bid, "put_back", "Put back the submitted answers", user=user, now=now, reason=reason, version=version
    )
    _tell_school(bid, entry, now)
    db.session.commit()


def why_no_put_back(user: User, bid: Bid, now: datetime) -> str | None:
    """None while this officer may put back the answers that were sent, else the sentence."""
    if Actor.OFFICER not in actors_for(user, bid, now):
        return f"Only {Actor.OFFICER.words} can do this."
    bar = bar_of(bid, user, now)
    if bar:
        return f"You can’t do this: {bar_to_you(bar)}. Ask a colleague."
    return why_nothing_open(bid)


def why_nothing_open(bid: Bid) -> str | None:
    """None while a correction is open, else the sentence."""
    if bid.state in CORRECTABLE and bid.correcting_since:
        return None
    return "Nothing is being corrected."


def _put_back(bid: Bid, now: datetime) -> None:
    refuse_if(why_nothing_open(bid))
    put_back_unsent(bid, now)


def _tell_school(bid: Bid, entry: HistoryEntry, now: datetime) -> None:
    for who in RECIPIENTS["school"](bid, london_date(now)):
        write_letter(
            "applications_extra/put_back.txt",
            "school",
            who,
            bid=bid,
            now=now,
            key=f"put_back:{entry.id}:{who.email.lower()}",
            entry=entry,
            context={"reason": entry.reason},
        )


def _last(bid: Bid) -> Submission:
    last = latest_submission(bid)
    if last is None:
        raise Refused("The bid was never submitted.")
    return last
