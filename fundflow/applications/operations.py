"""What the lead school does to its bid: start, submit, send back, withdraw, answer, ask again.

Each operation sets `due_on`, when the next one to act must have acted, before it takes its step,
so that the letters can say it. What the school does with an offer stands in `offers`.
"""

from datetime import date, datetime

from sqlalchemy import func, select

from fundflow.applications import asking, differences, freezing
from fundflow.applications.queries import require_review, why_not_editable
from fundflow.applications.restore_draft import restore_draft
from fundflow.drafts import begin_draft
from fundflow.extensions import db
from fundflow.interests.named import note_named
from fundflow.letters import write_letter
from fundflow.letters.addressee import Addressee
from fundflow.letters.holders import holders_of, leaders_of
from fundflow.models.bid import Bid
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, User
from fundflow.models.review import ReviewRequest, Submission, SubmissionKind
from fundflow.models.round import Round
from fundflow.models.school import School
from fundflow.models.unfinished import set_unfinished, unfinished_under
from fundflow.papers import latest_submission
from fundflow.rules.bid_remarks import why_unexplained
from fundflow.rules.bid_sections import complete_first, missing_sections
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.interests.involvement import was_involved
from fundflow.steps import lock, note, require_step, take_step
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.working_days import add_working_days, london_date


def start_bid(*, user: User, school: School, round: Round, now: datetime) -> Bid:
    """A new draft; a second click returns the first one's.

    Raises Refused where this person, school or round may not bid.
    """
    if school.id not in user.school_ids(london_date(now)):
        raise Refused("You can start a bid only for a school you belong to.")
    draft = begin_draft(user=user, school=school, round_=round, now=now)
    db.session.commit()
    return draft


def submit(
    bid: Bid, *, agreement: bool, why_odd: str = "", user: User, now: datetime, version: int | None
) -> None:
    """Freeze the bid, ask the partners and, where somebody has to sign, the approver; tell everybody."""
    begin(bid, "submit", user, now, version)
    freeze(bid, SubmissionKind.SUBMITTED, user, now, why_odd)
    bid.agreed_by_id = user.id
    asking.ask_everybody(bid, now)
    bid.submitted_at = now
    bid.due_on = officer_due(bid, now)
    take_step(bid, "submit", user=user, now=now, given={"agreement": agreement}, version=version)
    db.session.commit()


def resubmit(
    bid: Bid, *, agreement: bool, why_odd: str = "", user: User, now: datetime, version: int | None
) -> None:
    """Freeze the bid again, and put to partners and the approver what they agreed to and
    has changed."""
    begin(bid, "resubmit", user, now, version)
    before = latest_submission(bid)
    sent = freeze(bid, SubmissionKind.SENT_BACK, user, now, why_odd)
    changed = before is not None and bool(differences.signed_parts(before.answers, sent.answers))
    bid.agreed_by_id = user.id
    bid.due_on = officer_due(bid, now)
    take_step(bid, "resubmit", user=user, now=now, given={"agreement": agreement}, version=version)
    asking.ask_anew(bid, changed=changed, user=user, now=now)
    asking.reach_changed_heads(bid, now)
    asking.agreed_by_head(bid, user, now)
    db.session.commit()


def freeze(bid: Bid, kind: SubmissionKind, user: User, now: datetime, why_odd: str = "") -> Submission:
    """Keep the bid as it is now, as its next version, and note whom it names.

    why_odd  the school's reason for what `remarks_on` finds unusual
    Raises Refused where it wants one.
    """
    refuse_if(why_unexplained(bid, why_odd, london_date(now)))
    bid.why_odd = why_odd.strip()
    text = freezing.frozen(bid)
    last = db.session.scalar(select(func.max(Submission.number)).where(Submission.bid_id == bid.id))
    version = Submission(
        bid_id=bid.id,
        number=(last or 0) + 1,
        kind=kind,
        at=now,
        by_id=user.id,
        answers=text,
        sha256=freezing.sha256(text),
    )
    db.session.add(version)
    bid.sent_title, bid.sent_pence = bid.title, bid.requested_pence
    note_named(bid, now)
    return version


def withdraw(bid: Bid, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """End the bid, as it was last sent; one that is before the panel leaves its agenda."""
    begin(bid, "withdraw", user, now, version)
    put_back_unsent(bid, now)
    if bid.open_item:
        bid.open_item.take_off(now)
    bid.due_on = None
    take_step(bid, "withdraw", user=user, now=now, given={"reason": reason}, version=version)
    db.session.commit()


def put_back_unsent(bid: Bid, now: datetime) -> None:
    """Make the answers again what was last sent, where the school changed them without sending."""
    sent = latest_submission(bid)
    if sent is not None and freezing.frozen(bid) != sent.answers:
        restore_draft(bid, sent.answers, now)
    bid.correcting_since = None
    for place in unfinished_under(bid, "form"):
        set_unfinished(bid, place, None)


def answer_panel(bid: Bid, *, answer: str, user: User, now: datetime, version: int | None) -> None:
    lock(bid, version, step="answer_panel", user=user)
    bid.panel_answer = answer
    bid.due_on = officer_due(bid, now)
    take_step(bid, "answer_panel", user=user, now=now, given={"answer": answer}, version=version)
    db.session.commit()


def reply_to_report(bid: Bid, *, reply: str, user: User, now: datetime, version: int | None) -> None:
    """Reply once to the officer's report, until the panel's papers go out; it stands beside the report."""
    lock(bid, version, step="reply_to_report", user=user)
    db.session.expire_all()  # whether the papers went out is read under the lock
    take_step(bid, "reply_to_report", user=user, now=now, given={"reply": reply}, version=version)
    if bid.review is not None:
        bid.review.reply, bid.review.replied_at = reply, now
    db.session.commit()


def ask_for_review(bid: Bid, *, grounds: str, user: User, now: datetime, version: int | None) -> None:
    """Ask reviewing managers who took no part to look at the decision again."""
    lock(bid, version, step="ask_for_review", user=user)
    require_review(user, bid, now)
    request = ReviewRequest(bid=bid, grounds=grounds, asked_at=now, asked_by_id=user.id)
    db.session.add(request)
    db.session.flush()  # its letters are known by its number
    entry = note(
        bid,
        "ask_for_review",
        "Asked for a review of the decision",
        user=user,
        now=now,
        reason=grounds,
        version=version,
    )
    _tell_of_request(request, entry, user)
    db.session.commit()


def _tell_of_request(request: ReviewRequest, entry: HistoryEntry, user: User) -> None:
    """Those who may hear it are told; where there is nobody, administrators are asked to name one."""
    bid, now = request.bid, entry.at
    managers = _reviewing_managers(bid, now)
    others = holders_of(bid.fund_id, [RoleName.ADMINISTRATOR], london_date(now)) if not managers else []
    for recipient, who in [
        *(("reviewing_manager", w) for w in managers),
        *(("administrator", w) for w in others),
    ]:
        write_letter(
            "applications_extra/review_asked.txt",
            recipient,
            who,
            bid=bid,
            now=now,
            entry=entry,
            key=f"review_asked:{request.id}:{who.email.lower()}",
            context={"grounds": request.grounds, "asker": user.name},
        )


def _reviewing_managers(bid: Bid, now: datetime) -> list[Addressee]:
    """Those who took no part in the bid and are not barred from it."""
    holders = holders_of(bid.fund_id, [RoleName.REVIEWING_MANAGER], london_date(now))
    return [
        who
        for who in holders
        if who.user and not was_involved(bid, who.user) and not bar_of(bid, who.user, now)
    ]


def send_to_head(bid: Bid, *, user: User, now: datetime) -> list[str]:
    """Tell the school's head that the bid is ready; asked twice about one version, tell once.

    Returns the names of those who are told now. Raises Refused where the bid is not ready or the school
    has no head with an account.
    """
    lock(bid, None)
    refuse_if(why_not_editable(user, bid, now))
    refuse_if(complete_first(missing_sections(bid)))
    found = leaders_of(bid.lead_school, london_date(now))
    if not found:
        raise Refused(f"No head of {bid.lead_school.name} has an account yet. Ask the council.")
    keys = {f"send_to_head:{bid.id}:{bid.version}:{who.email.lower()}": who for who in found}
    written = set(db.session.scalars(select(Letter.key).where(Letter.key.in_(keys))))
    if wanted := {key: who for key, who in keys.items() if key not in written}:
        entry = note(bid, "send_to_head", "Sent to the head to submit", user=user, now=now, quietly=True)
        for key, who in wanted.items():
            write_letter(
                "applications_extra/send_to_head.txt",
                "head",
                who,
                bid=bid,
                now=now,
                entry=entry,
                key=key,
                path=f"/bids/{bid.reference}/form/check",
                context={"sender": user.name},
            )
    db.session.commit()
    return [who.name for who in wanted.values()]


def begin(bid: Bid, step: str, user: User, now: datetime, version: int | None) -> None:
    """Lock the bid and make sure that this person may take the step, before anything is written."""
    lock(bid, version, step=step, user=user)
    require_step(bid, step, user, now)


def officer_due(bid: Bid, now: datetime) -> date:
    """By when the officer should have looked at a bid that waits for them from now on."""
    return add_working_days(london_date(now), bid.fund.officer_days, bid.fund.council_off)
