"""A request for support on its way to a bid: asked, a school proposed, a draft begun, or closed."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from fundflow import interests
from fundflow.brokering import queries
from fundflow.brokering.candidates import matches
from fundflow.drafts import begin_draft
from fundflow.extensions import db
from fundflow.history import history_of
from fundflow.letters import write_letter
from fundflow.letters.addressee import Addressee
from fundflow.letters.holders import leaders_of
from fundflow.letters.recipients import addressees
from fundflow.models.bid import Bid, Origin
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.brokering import Expertise, SupportRequest
from fundflow.models.fund import Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.person import User
from fundflow.models.round import Round
from fundflow.models.school import School
from fundflow.rules.interests.bars import bar_from_brokering
from fundflow.rules.interests.own_schools import OwnBodies
from fundflow.steps import lock, note, require_step, take_step
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.support_request import RequestState
from fundflow.workflow.working_days import london_date


class RequestAnswers(NamedTuple):
    """What a school needs; `half_days` None where it does not know."""

    expertise: Expertise
    need: str
    half_days: int | None = None
    wanted_from: date | None = None


def ask(school: School, fund: Fund, asked: RequestAnswers, *, user: User, now: datetime) -> SupportRequest:
    """Ask for support: a school for itself, or an officer who notes what a school said.

    A second click returns the first one's request. Raises Refused.
    """
    own = school.id in user.school_ids(london_date(now))
    if why := _why_not_ask(school, fund):
        raise Refused(why)
    if not own:
        _require_unbarred_broker(school, fund, user, now)
    known = db.session.scalar(
        select(SupportRequest).where(
            SupportRequest.school_id == school.id,
            SupportRequest.state == RequestState.ASKED,
            SupportRequest.asked_by_id == user.id,
            SupportRequest.expertise == asked.expertise,
            SupportRequest.need == asked.need,
        )
    )
    if known is not None:
        return known
    request = SupportRequest(
        school=school, fund=fund, asked_at=now, state_since=now, asked_by=user, **asked._asdict()
    )
    db.session.add(request)
    db.session.flush()  # its letters point at it
    note(request, "ask", "Asked for support" if own else f"Noted for {school.name}", user=user, now=now)
    _tell(request, user, own, now)
    db.session.commit()
    return request


def _why_not_ask(school: School, fund: Fund) -> str | None:
    if not school.is_open:
        return f"{school.name} is not open, so it can’t ask for support."
    if fund not in queries.funds_of(school):
        return f"{fund.name} does not serve {school.name}."
    return None


def _require_unbarred_broker(school: School, fund: Fund, user: User, now: datetime) -> None:
    queries.require_broker(user, now, fund.id)
    if bar := OwnBodies.of(user, london_date(now)).bar_from([school]):
        raise Refused(f"You can’t broker this: {bar_to_you(bar)}. A colleague can.")


def _tell(request: SupportRequest, user: User, own: bool, now: datetime) -> None:
    """The officer, where a school asks; its head, where somebody else asked for the school."""
    entry = history_of(request, most=1)[0]
    found: list[tuple[str, Addressee]] = []
    if own:
        found += [("officer", who) for who in addressees("officer", request, entry.at)]
    found += [("school", who) for who in leaders_of(request.school, london_date(now)) if who.user is not user]
    for recipient, who in found:
        write_letter(
            "brokering/asked.txt",
            recipient,
            who,
            path=request.path,
            now=now,
            key=f"support_request:{request.id}:asked:{recipient}:{who.email.lower()}",
            entry=entry,
            context={"request": request, "asker": user.name, "own": own},
        )


def propose(
    request: SupportRequest, school: School, *, why: str, user: User, now: datetime, version: int | None
) -> None:
    """Propose a school that matching suggests; the reasons go to the school that asked.

    Raises Refused for a school with a conflict, without days left, or that does not offer this.
    """
    lock(request, version, step="propose", user=user)
    require_step(request, "propose", user, now)
    found = matches(
        request.school, request.expertise, request.half_days, user=user, now=now, fund=request.fund
    )
    if found.suggestion_of(school.id) is None:
        reason = found.why_excluded(school.id) or f"It does not offer {request.expertise.words}."
        raise Refused(f"{school.name} can’t be proposed. {reason}")
    request.proposed_school, request.proposed_why = school, why
    take_step(
        request, "propose", user=user, now=now, given={"school": school.name, "why": why}, version=version
    )
    db.session.commit()


def begin_bid(
    request: SupportRequest, round_: Round, *, user: User, now: datetime, version: int | None
) -> Bid:
    """The draft bid this request becomes, with what is known of it filled in. Raises Refused."""
    lock(request, version, step="begin_draft", user=user)
    require_step(request, "begin_draft", user, now)
    if round_.fund_id != request.fund_id:
        raise Refused("That round belongs to another fund.")
    origin = Origin.SCHOOL if request.is_asked_by(user, now) else Origin.ENTERED
    bid = begin_draft(user=user, school=request.school, round_=round_, now=now, origin=origin)
    _fill(bid, request, now)
    request.draft = bid
    label = f"Began as a request for support on {day_words(request.asked_at)}"
    bid.origin_note = label
    take_step(request, "begin_draft", user=user, now=now, given={"bid": bid.reference}, version=version)
    note(bid, "begin_from_request", label, user=user, now=now)
    if broker := _broker(request):
        bid.officer = broker
        interests.disclose(bid, broker, now=now)
    db.session.commit()
    return bid


def close(request: SupportRequest, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    lock(request, version, step="close", user=user)
    request.closed_reason = reason
    take_step(request, "close", user=user, now=now, given={"reason": reason}, version=version)
    db.session.commit()


def _fill(bid: Bid, request: SupportRequest, now: datetime) -> None:
    bid.need = bid.need or request.need
    fill_contact(bid, now)
    if request.proposed_school:
        add_provider(bid, request.proposed_school, now)


def fill_contact(bid: Bid, now: datetime) -> None:
    """The head of the lead school, where one has an account."""
    heads = leaders_of(bid.lead_school, london_date(now))
    if heads and not bid.contact_name:
        bid.contact_name, bid.contact_email = heads[0].name, heads[0].email
        bid.contact_role = (heads[0].user.job_title if heads[0].user else "") or "Head teacher"
        bid.contact_phone = bid.lead_school.telephone


def add_provider(bid: Bid, school: School, now: datetime) -> None:
    """The school that gives the support, with its head as the one to ask."""
    if school.id in {other.id for other in bid.schools}:
        return
    heads = leaders_of(school, london_date(now))
    bid.partners.append(
        Partner(
            school=school,
            part=Part.PROVIDER,
            contact_name=heads[0].name if heads else "",
            contact_email=heads[0].email if heads else "",
        )
    )


def _broker(request: SupportRequest) -> User | None:
    """The officer who proposed a school or started the bid last, and who is not of a school of it."""
    entries = db.session.scalars(
        select(HistoryEntry)
        .where(
            HistoryEntry.process == "support_request",
            HistoryEntry.record_id == request.id,
            HistoryEntry.step.in_(("propose", "begin_draft")),
        )
        .order_by(HistoryEntry.id.desc())
    )
    return next(
        (
            e.user
            for e in entries
            if e.user
            and queries.brokers(e.user, e.at, request.fund_id)
            and not bar_from_brokering(request, e.user, london_date(e.at))
        ),
        None,
    )
