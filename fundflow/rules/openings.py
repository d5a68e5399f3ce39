"""What is wrong with an award already running, as it is typed or read (docs/rules.md, "Starting in
mid-year")."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select, union_all

from fundflow.extensions import db
from fundflow.models.award import AwardLine
from fundflow.models.bid import Bid, Origin
from fundflow.models.earned_correction import EarnedCorrection, earned_words
from fundflow.models.fund import Fund, StaffGrade
from fundflow.models.money import days_words, pounds
from fundflow.models.opening import Opening, OpeningAward, OpeningLine
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import Membership, Standing, User
from fundflow.models.school import School
from fundflow.names import identifier, searchable
from fundflow.rules.award_rows import added_up, done_before
from fundflow.rules.bank_details import why_bank_details
from fundflow.rules.payees import payee_on
from fundflow.workflow.application import BidState
from fundflow.workflow.award import MOST_OF_A_LINE, most_of_line, parts_of
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.opening import OpeningState
from fundflow.workflow.working_days import london_date

MOST_LINES = 20
MOST_PENCE, MOST_RATE = 10_000_000_00, 10_000_00
# Characters of the page's fields and of the file's cells.
MOST_TEXT = {"title": 140, "minute_reference": 120, "contact_name": 120, "what": 120, "staff_code": 20}
OPENING_BALANCE = "Opening balance"  # the reference of what was paid before


class Entered(NamedTuple):
    """An award already running: as `OpeningAward`, before it is kept. Days come before other costs."""

    school: School
    title: str
    start_on: date
    end_on: date
    minute_reference: str
    minuted_on: date
    pence: int
    up_to: date
    lines: tuple[OpeningLine, ...]
    contact_name: str = ""
    contact_email: str = ""

    @property
    def paid(self) -> int:
        """Pence paid of all its lines."""
        return sum(line.paid for line in self.lines)


class Wrong(NamedTuple):
    """What is wrong, as a sentence without its full stop, and where.

    field  of `Entered`, or of a line: the column of the file and the field of the page
    line   the line's place in the award, from 0; None for the award as a whole
    """

    field: str
    why: str
    line: int | None = None


def wrong_with(award: Entered, fund: Fund, today: date, *, but: Opening | None = None) -> list[Wrong]:
    """Everything that keeps an award from being entered, but for the fund's money.

    but  what it was entered in, where it is looked at again
    """
    found = [*_wrong_dates(award, today), *_wrong_texts(award), *_wrong_money(award, fund)]
    for number, line in enumerate(award.lines):
        found += [wrong._replace(line=number) for wrong in _wrong_line(line, fund)]
    found += _lines_twice(award)
    known = [*_known_already(award, but), *_nobody_to_tell(award, today)]
    return found + known


def _wrong_dates(award: Entered, today: date) -> Iterator[Wrong]:
    if award.end_on < award.start_on:
        yield Wrong("end_on", "The end date must be after the start date")
    elif award.end_on < today:
        yield Wrong(
            "end_on",
            f"The support ended on {day_words(award.end_on)}. Only an award that still runs is entered",
        )
    if award.minuted_on > today:
        yield Wrong("minuted_on", "The date of the minute must be today or in the past")
    if award.up_to > today:
        yield Wrong("up_to", "The day up to which it is earned must be today or in the past")
    earned = any(line.earned for line in award.lines)
    if earned and award.up_to < min(award.start_on, award.minuted_on):
        yield Wrong("up_to", "Nothing can be earned before the support starts and the award is minuted")


def _wrong_texts(award: Entered) -> Iterator[Wrong]:
    for name in ("title", "minute_reference", "contact_name"):
        if why := why_bank_details(getattr(award, name), is_code=name == "minute_reference"):
            yield Wrong(name, why)


def needs_grade(fund: Fund) -> bool:
    """Whether days name their grade, which says whether they carry VAT."""
    return fund.is_purchase and bool(fund.grades_offered)


def grade_of(line: OpeningLine, fund: Fund) -> StaffGrade | None:
    title = searchable(line.grade)
    return next((grade for grade in fund.grades_offered if searchable(grade.title) == title), None)


def _wrong_line(line: OpeningLine, fund: Fund) -> Iterator[Wrong]:
    if line.is_days and needs_grade(fund) and grade_of(line, fund) is None:
        titles = ", ".join(grade.title for grade in fund.grades_offered)
        yield Wrong("grade", f"Say which grade it is, for its VAT: {titles}")
    for name, is_code in (("what", False), ("staff_code", True)):
        if why := why_bank_details(getattr(line, name), is_code=is_code):
            yield Wrong(name, why)
    if line.is_days and line.earned * 100 > line.half_days * MOST_OF_A_LINE:
        yield Wrong(
            "earned",
            f"{days_words(line.earned)} are more than {MOST_OF_A_LINE}% of the {days_words(line.half_days)} "
            "of this line",
        )
    if not line.is_days and line.earned > most_of_line(line.cost_pence):
        most = f"{MOST_OF_A_LINE}% of the {pounds(line.cost_pence)}"
        yield Wrong("earned", f"{pounds(line.earned)} is more than {most} of this line")


def _lines_twice(award: Entered) -> Iterator[Wrong]:
    """Lines with the same school, member of staff and rate: one line that was entered twice."""
    seen = set()
    for number, line in enumerate(award.lines):
        key = (line.school_id, identifier(line.staff_code), line.day_rate_pence)
        if line.is_days and key in seen:
            yield Wrong("staff_code", f"Another line has {line.staff_code} at this day rate already", number)
        seen.add(key)


def wrong_together(awards: Sequence[Entered], today: date) -> Iterator[tuple[int, Wrong]]:
    """What is wrong with awards entered as one, beside what is wrong with each: (its place, what)."""
    for number, award in enumerate(awards):
        if any(_is_same(award, other) for other in awards[:number]):
            yield number, Wrong("title", f"This award of {award.school.name} is entered twice here")
    heads: list[Entered] = []  # with those who are invited: the first of a school
    for number, award in enumerate(awards):
        invited = award.contact_email and all(one.school.id != award.school.id for one in heads)
        if invited and not has_head(award.school, today):
            yield from ((number, wrong) for one in heads for wrong in _same_head(award, one))
            heads.append(award)


def _same_head(award: Entered, other: Entered) -> Iterator[Wrong]:
    """Two heads without an account who have one address or one name: nobody is two people here."""
    also = f"is that of the head of {other.school.name} too"
    if award.contact_email.casefold() == other.contact_email.casefold():
        yield Wrong("contact_email", f"This address {also}")
    elif searchable(award.contact_name) == searchable(other.contact_name):
        yield Wrong("contact_name", f"This name {also}: add what tells them apart")


def _is_same(award: Entered, other: Entered | OpeningAward) -> bool:
    """Whether they are one: the same school and title; or the same school, minute and amount."""
    if award.school.id != other.school.id:
        return False
    if searchable(award.title) == searchable(other.title):
        return True
    minutes = {identifier(award.minute_reference), identifier(other.minute_reference)}
    return len(minutes) == 1 and award.pence == other.pence


def _wrong_money(award: Entered, fund: Fund) -> Iterator[Wrong]:
    cost = sum(line.pence for line in award.lines)
    if award.pence > cost:
        yield Wrong("pence", f"The award is {pounds(award.pence)}, but its lines come to {pounds(cost)}")
        return
    budgets: Counter[int] = Counter()
    for line in award.lines:
        budgets[payee_of(line, award.school, fund)] += line.pence
    shares = parts_of(award.pence, budgets)
    for payee, pence in paid_by_payee(award, fund).items():
        if pence > shares[payee]:
            whose = "of the award" if len(shares) == 1 else "of it is for this school"
            of = (n for n, one in enumerate(award.lines) if payee_of(one, award.school, fund) == payee)
            yield Wrong(
                "paid", f"{pounds(pence)} is paid, but only {pounds(shares[payee])} {whose}", next(of)
            )


def payee_of(line: OpeningLine, lead: School, fund: Fund) -> int:
    """The id of the school that is paid for a line: as `rules.awards` has it."""
    return line.school_id if fund.pays_each_school and line.is_days else lead.id


def paid_by_payee(award: Entered | OpeningAward, fund: Fund) -> Counter[int]:
    """Pence that each school (its id) was paid of an award."""
    paid: Counter[int] = Counter()
    for line in award.lines:
        paid[payee_of(line, award.school, fund)] += line.paid
    return paid


def _known_already(award: Entered, but: Opening | None) -> Iterator[Wrong]:
    """The same school and title, here as a bid or entered; or the same school, minute and amount."""
    title = searchable(award.title)
    funded = select(Bid.listed_title).where(
        Bid.lead_school_id == award.school.id, Bid.awarded_pence.is_not(None)
    )
    entered = (
        select(OpeningAward)
        .join(Opening)
        .where(OpeningAward.school_id == award.school.id, Opening.state != OpeningState.REFUSED)
        .where(Opening.id != (but.id if but else 0))
    )
    again = [one for one in db.session.scalars(entered) if _is_same(award, one)]
    if again:
        where = f"as {again[0].bid.reference}" if again[0].bid else "and waits to be confirmed"
        yield Wrong("title", f"This award of {award.school.name} is entered already, {where}")
    elif title in map(searchable, db.session.scalars(funded)):
        yield Wrong("title", f"{award.school.name} has an award with this title already")


def _nobody_to_tell(award: Entered, today: date) -> Iterator[Wrong]:
    if award.contact_email and award.contact_name:
        return
    if not has_head(award.school, today):
        missing = "contact_email" if award.contact_name else "contact_name"
        yield Wrong(
            missing,
            f"Nobody leads {award.school.name} with an account here: enter its head’s name and address",
        )


def has_head(school: School, today: date) -> bool:
    """Whether a school has a head with an account."""
    members = db.session.scalars(
        select(Membership)
        .join(User)
        .where(
            Membership.school_id == school.id,
            Membership.standing == Standing.LEADER,
            User.active.is_(True),
        )
    )
    return any(member.is_valid_on(today) for member in members)


def why_counted_before(bid: Bid, day: date) -> str | None:
    """Why a day or a cost of an award that was entered as one already running can't be logged: what was
    earned until then is counted."""
    opening = opening_of(bid)
    if opening is None or day > opening.up_to:
        return None
    return f"What was earned up to {day_words(opening.up_to)} was counted as the award was entered here."


def why_before_award(bid: Bid, day: date, what: str) -> str | None:
    """Why a day or a cost (`what`) can't be logged: it is from before the award was made."""
    made = london_date(bid.awards[0].made_at)
    if day >= made:
        return None
    begun = "award was minuted" if bid.origin is Origin.OPENING else "offer was accepted"
    return f"The {begun} on {day_words(made)}. The award pays for no {what} before it."


def opening_of(bid: Bid) -> OpeningAward | None:
    """What a bid was entered from, where it is an award that was already running."""
    if bid.origin is not Origin.OPENING:
        return None
    return db.session.scalars(select(OpeningAward).where(OpeningAward.bid_id == bid.id)).one()


def earned_before(bid: Bid) -> dict[int, int]:
    """What was earned on each line, by its key, before the bid was entered as an award already running."""
    if bid.origin is not Origin.OPENING:
        return {}
    rows = union_all(*done_before(lambda row: row.bid_id == bid.id))
    return dict(added_up(db.session.execute(rows)))


def why_earned_stays(bid: Bid) -> str | None:
    """Why what was earned before an award was entered can’t be corrected, or None."""
    if bid.origin is not Origin.OPENING:
        return "This award was not entered as one already running, so there is nothing to correct."
    if bid.state is BidState.CLOSED:
        return "The bid is closed. Ask an administrator to reopen it first."
    return None


def why_earned_changed(correction: EarnedCorrection) -> str | None:
    """Why a correction can’t be confirmed now, because of what happened since it was asked for; or None."""
    bid = correction.bid
    if earned_before(bid).get(correction.line_id, 0) != correction.was:
        return "What was earned was corrected since. Refuse this and correct it again."
    if correction.right < correction.was and any(c.state is ClaimState.CERTIFIED for c in bid.claims):
        return "A claim is checked and about to be paid. Pay it or refuse it first."
    return None


def why_not_earned(line: AwardLine, right: int) -> str | None:
    """Why this can’t be what was earned on a line before (half days, or pence), or None."""
    most = line.half_days * MOST_OF_A_LINE // 100 if line.half_days else most_of_line(line.pence)
    if right <= most:
        return None
    return f"At most {earned_words(line, most)} can be earned, {MOST_OF_A_LINE}% of this line."


def paid_before(
    school: School, pence: int, number: int, *, entered_by: int, entered_at: datetime, by: User, now: datetime
) -> Claim:
    """The claim of what a school was paid before the fund began here: who entered it checked it, who
    confirms it paid it.

    number      the claim's, of its bid
    entered_by  the id of who entered it
    """
    claim = Claim(
        school=school,
        number=number,
        kind=ClaimKind.OPENING,
        state=ClaimState.PAID,
        pence=pence,
        created_at=now,
        submitted_at=entered_at,
        certified_at=entered_at,
        certified_by_id=entered_by,
        paid_at=now,
        paid_by_id=by.id,
        payment_reference=OPENING_BALANCE,
    )
    claim.keep_payee(payee_on(school, london_date(now)))
    return claim
