"""Entering awards already running, and confirming or refusing them."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from fundflow import ledger
from fundflow.accounts.names import require_own_name, why_not_name
from fundflow.accounts.people import add_account
from fundflow.accounts.places import SchoolPlace
from fundflow.accounts.queries import has_account
from fundflow.actors import roles_for
from fundflow.drafts import next_reference, why_never
from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.letters import write_to_other_finance
from fundflow.models.area import Patch
from fundflow.models.award import Award
from fundflow.models.bid import Bid, Origin
from fundflow.models.bid_parts import BackfillLine, CostLine, Part, Partner
from fundflow.models.fund import Fund
from fundflow.models.money import pounds
from fundflow.models.opening import Opening, OpeningAward, OpeningEarned, kept
from fundflow.models.payment import Claim
from fundflow.models.person import RoleName, Standing, User
from fundflow.models.round import Round
from fundflow.models.school import School
from fundflow.rules import returns
from fundflow.rules.awards import award_of
from fundflow.rules.openings import (
    Entered,
    Wrong,
    grade_of,
    has_head,
    paid_before,
    paid_by_payee,
    wrong_together,
    wrong_with,
)
from fundflow.rules.payees import bar_from_paying
from fundflow.steps import lock, require_step, take_step
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.opening import OpeningState
from fundflow.workflow.working_days import london_date, start_of

ENTERERS = (RoleName.FINANCE, RoleName.OFFICER, RoleName.DEPUTY_OFFICER)
ENTERED = "Entered awards already running"


def problems_of(award: Entered, fund: Fund, now: datetime, *, but: Opening | None = None) -> list[Wrong]:
    """Everything that is wrong with an award.

    but  what it was entered in, where it is looked at again
    """
    today = london_date(now)
    found = wrong_with(award, fund, today, but=but)
    if why := why_never(award.school, fund):
        found.insert(0, Wrong("school", why.removesuffix(".")))
    if award.contact_email and not has_head(award.school, today):
        if has_account(award.contact_email):
            found.append(Wrong("contact_email", "Somebody else’s account has this address"))
        elif award.contact_name and (why := why_not_name(award.contact_name)):
            found.append(Wrong("contact_name", why.removesuffix(".")))
    return found


def why_no_room(fund: Fund, awards: Sequence[Entered], now: datetime) -> str | None:
    """None where the fund's lines can bear these awards, else the sentence."""
    found = ledger.reach(fund.id, [(award.school.kind, award.pence) for award in awards], now)
    short = next((award for award, part in zip(awards, found.parts, strict=True) if part is None), None)
    if short is None:
        return None
    return (
        f"The fund has {pounds(found.free)} that is not committed. It does not reach for “{short.title}” of "
        f"{short.school.name}, {pounds(short.pence)}."
    )


def why_not_enter(fund: Fund, schools: Sequence[School], user: User, now: datetime) -> str | None:
    """None where this person may enter awards of these schools, else the sentence."""
    day = london_date(now)
    if not user.active or not roles_for(user, fund.id, day) & set(ENTERERS):
        return "Only a finance officer or a liaison officer of the fund can do this."
    bar = bar_from_paying(schools, user, day)
    return f"You can’t enter awards of these schools: {bar_to_you(bar)}." if bar else None


def enter(fund: Fund, name: str, awards: Sequence[Entered], *, user: User, now: datetime) -> Opening:
    """Enter awards, which a finance officer confirms or refuses as one. Raises Refused.

    name  of the file, or the title of the one award
    """
    ledger.lock_fund(fund.id)  # two who send the same file: the second finds what the first entered
    again = latest_entered(fund, name, user)
    if again and is_of(again, awards):  # a second click
        return again
    refuse_if(why_not_enter(fund, _schools_of(awards), user, now))
    _round_of(fund)
    _require_right(awards, fund, now)
    refuse_if(why_no_room(fund, awards, now))
    opening = Opening(fund=fund, name=name, size=len(awards), entered_at=now, entered_by=user)
    opening.awards = [_kept(award) for award in awards]
    db.session.add(opening)
    entry = record_event(opening, "enter", ENTERED, user=user, now=now)
    write_to_other_finance(opening, "payments/opening_entered.txt", entry, user)
    db.session.commit()
    return opening


def latest_entered(fund: Fund, name: str, user: User) -> Opening | None:
    """What this person entered last under a name and nobody has confirmed or refused."""
    mine = (Opening.fund_id == fund.id, Opening.name == name, Opening.entered_by_id == user.id)
    query = select(Opening).where(*mine, Opening.state == OpeningState.PROPOSED)
    return db.session.scalar(query.order_by(Opening.id.desc()).limit(1))


def is_of(opening: Opening, awards: Sequence[Entered]) -> bool:
    """Whether these are the very awards that were entered."""
    return [entered(award) for award in opening.awards] == list(awards)


def confirm(opening: Opening, *, user: User, now: datetime, version: int | None) -> None:
    """Begin each award as a bid in delivery, with what was earned and paid; invite heads without an account.
    Raises Refused where one can't be entered any more, and then none is."""
    lock(opening, version, step="confirm", user=user)
    require_step(opening, "confirm", user, now)
    fund = ledger.lock_fund(opening.fund_id)
    _require_right([entered(award) for award in opening.awards], fund, now, but=opening)
    for award in opening.awards:
        try:
            award.bid = _begin(award, fund, user, now)
        except Refused as refused:
            raise Refused(f"{award.title}, {award.school.name}: {refused.sentence}") from refused
    also = {"confirmed_at": now, "confirmed_by": user}
    take_step(opening, "confirm", user=user, now=now, version=version, also=also)
    db.session.commit()


def refuse(opening: Opening, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    take_step(opening, "refuse", user=user, now=now, version=version, given={"reason": reason})
    db.session.commit()


def entered(award: OpeningAward) -> Entered:
    """An award as it was entered."""
    return Entered(**{name: getattr(award, name) for name in Entered._fields})


def _schools_of(awards: Sequence[Entered]) -> list[School]:
    """The schools that lead awards, and those of their lines."""
    ids = {award.school.id for award in awards} | {line.school_id for a in awards for line in a.lines}
    return list(db.session.scalars(select(School).where(School.id.in_(ids)).order_by(School.id)))


def _kept(award: Entered) -> OpeningAward:
    said = award._asdict()
    return OpeningAward(held=kept(said.pop("lines")), **said)


def _require_right(
    awards: Sequence[Entered], fund: Fund, now: datetime, *, but: Opening | None = None
) -> None:
    for award in awards:
        for wrong in problems_of(award, fund, now, but=but):
            raise Refused(f"{award.title}, {award.school.name}: {wrong.why}.")
    for number, wrong in wrong_together(awards, london_date(now)):
        raise Refused(f"{awards[number].title}, {awards[number].school.name}: {wrong.why}.")


def _begin(award: OpeningAward, fund: Fund, user: User, now: datetime) -> Bid:
    """The bid of an award; its step moves the money."""
    _invite_head(award, user, now)
    bid = _bid(award, fund, now)
    db.session.add(bid)
    db.session.flush()  # its award's lines are made of its own
    made = award_of(bid, award.pence, start_of(award.minuted_on))
    bid.awards.append(made)
    returns.schedule(bid, award.pence, london_date(now))
    bid.claims = _paid_before(award, bid, user, now)
    db.session.flush()  # what is earned points at the lines
    db.session.add_all(_earned(award, made, bid))
    take_step(bid, "enter_award", user=user, now=now, given={"reason": award.minute_words}, locked=True)
    return bid


def _bid(award: OpeningAward, fund: Fund, now: datetime) -> Bid:
    lead, cost = award.school, sum(line.pence for line in award.lines)
    releasing = dict.fromkeys(line.school_id for line in award.lines if line.school_id != lead.id)
    officer = _officer_of(award, fund, now)
    return Bid(
        fund=fund,
        round=_round_of(fund),
        reference=next_reference(fund),
        lead_school=lead,
        created_at=now,
        created_by_id=award.opening.entered_by_id,
        officer_id=officer.id if officer else None,
        state_since=now,
        submitted_at=now,
        origin=Origin.OPENING,
        origin_note=award.minute_words,
        contact_name=award.contact_name,
        contact_email=award.contact_email,
        title=award.title,
        sent_title=award.title,
        start_on=award.start_on,
        end_on=award.end_on,
        requested_pence=cost,
        sent_pence=cost,
        partners=[Partner(school_id=school_id, part=Part.PROVIDER) for school_id in releasing],
        backfill_lines=[
            BackfillLine(
                school_id=line.school_id,
                staff_role=line.what,
                staff_code=line.staff_code,
                half_days=line.half_days,
                day_rate_pence=line.day_rate_pence,
                on_cost_basis_points=line.on_cost_basis_points,
                grade=grade_of(line, fund),
            )
            for line in award.lines
            if line.is_days
        ],
        cost_lines=[
            CostLine(kind=line.cost_kind, description=line.what, pence=line.cost_pence)
            for line in award.lines
            if not line.is_days
        ],
    )


def _officer_of(award: OpeningAward, fund: Fund, now: datetime) -> User | None:
    """The person who entered it, else the officer of its school’s patch, where they hold the role."""
    patch = db.session.get(Patch, award.school.patch_id) if award.school.patch_id else None
    officers = {RoleName.OFFICER, RoleName.DEPUTY_OFFICER}
    for user in (award.opening.entered_by, patch.officer if patch else None):
        if user and user.active and roles_for(user, fund.id, london_date(now)) & officers:
            return user
    return None


def _paid_before(award: OpeningAward, bid: Bid, user: User, now: datetime) -> list[Claim]:
    """A claim for each school that was paid."""
    paid = paid_by_payee(award, bid.fund)
    opening = award.opening
    return [
        paid_before(
            db.session.get_one(School, school_id),
            pence,
            number,
            entered_by=opening.entered_by_id,
            entered_at=opening.entered_at,
            by=user,
            now=now,
        )
        for number, (school_id, pence) in enumerate(((s, p) for s, p in paid.items() if p), 1)
    ]


def _earned(award: OpeningAward, made: Award, bid: Bid) -> list[OpeningEarned]:
    """What was earned, by the award's lines, which stand in the same order."""
    return [
        OpeningEarned(
            bid_id=bid.id,
            line=into,
            up_to=award.up_to,
            half_days=line.earned if line.is_days else None,
            pence=None if line.is_days else line.earned,
        )
        for line, into in zip(award.lines, made.lines, strict=True)
        if line.earned
    ]


def _invite_head(award: OpeningAward, user: User, now: datetime) -> None:
    """A head without an account is sent the link to one, as always."""
    today: date = london_date(now)
    if has_head(award.school, today) or not award.contact_email:
        return
    require_own_name(award.contact_name)
    place = SchoolPlace(award.school, Standing.LEADER, today)
    add_account(
        email=award.contact_email, name=award.contact_name, job_title="", place=place, by=user, now=now
    )
    db.session.flush()  # another award of the same school finds its head


def _round_of(fund: Fund) -> Round:
    """The fund's newest round, under which its bids are listed."""
    found = db.session.scalar(
        select(Round).where(Round.fund_id == fund.id).order_by(Round.id.desc()).limit(1)
    )
    if found is None:
        raise Refused(f"{fund.name} has no round yet. An administrator adds one first, under Fund.")
    return found
