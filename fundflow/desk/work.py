"""My work: everything that waits for somebody, the earliest deadline first.

Each source of bids is one query, asked only where the person holds what it is for; so the page's queries
do not grow with the bids. Of many bids of a kind the first stand here, and the others on a page of theirs.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Date,
    Integer,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
    true,
    union_all,
)

from fundflow.checking.nightly import last_look
from fundflow.clock_jump import jumped_since
from fundflow.desk.adviser_work import advisers
from fundflow.desk.closed_work import closed_schools, closed_schools_of
from fundflow.desk.letters_queries import looks_after
from fundflow.desk.member_work import scores_and_votes, scores_and_votes_on
from fundflow.desk.mention_work import mentions, mentions_on
from fundflow.desk.panel_work import (
    Waiting,
    meetings,
    minutes,
    papers,
    papers_of,
    votes_ended,
)
from fundflow.desk.payee_work import (
    corrections_to_confirm,
    openings_to_confirm,
    payees_to_confirm,
    runs_to_do,
)
from fundflow.desk.rows import working_days
from fundflow.desk.school_work import recommendations_and_schools
from fundflow.desk.service_work import orders_of_services
from fundflow.desk.some import about_one_bid
from fundflow.desk.sources import OFFICERS, SOURCES, Source
from fundflow.desk.support_work import brokering_waits, support_requests
from fundflow.desk.survey_work import surveys_waiting
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.days_off import days_for
from fundflow.models.fund import Fund
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.money import pounds
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.permissions import is_visible, listed_amount
from fundflow.rules.asker import Asker, Shape
from fundflow.web.access import roles
from fundflow.web.delays import troubles_in_words
from fundflow.web.paging import MOST_COUNTED, Page, count_words, page_of_rows
from fundflow.workflow.date_words import moment_words
from fundflow.workflow.working_days import london_date

MOST_OF_A_KIND, MOST_LINES = 25, 80  # the rest of a kind has a page of its own
MANY = 100  # bids of a kind, beyond which it says no more than that


class Rest(NamedTuple):
    """Of a kind of bids, those that My work has no room for."""

    what: str
    kind: str
    shown: int
    total: int  # exactly up to MANY, one more for any number above

    @property
    def total_words(self) -> str:
        return count_words(self.total, MANY)


class Work(NamedTuple):
    """What waits for a person: lines, and the kinds of bids of which there are more; and whether they are an
    adviser, who has visits."""

    lines: list[Waiting]
    rests: list[Rest]
    advises: bool = False

    @property
    def total(self) -> int:
        """How many things wait; where a kind is counted no further, how many wait at least."""
        return len(self.lines) + sum(min(rest.total, MANY) - rest.shown for rest in self.rests)

    @property
    def total_words(self) -> str:
        more = any(rest.total > MANY for rest in self.rests)
        return f"More than {self.total:,}" if more else f"{self.total:,}"


def waiting_for(user: User, now: datetime, covered: Mapping[int, str] | None = None) -> Work:
    """Everything that waits for this person, the earliest deadline first.

    covered  whom they cover for: person id → name
    """
    who, sources = Asker.of(user, london_date(now)), _sources_for(user, now)
    others = meetings(user, now) + papers(user, now) + scores_and_votes(user, now)
    others += votes_ended(user, now) + minutes(user, now)
    others += mentions(user, now) + support_requests(user, now) + closed_schools(user, now)
    others += payees_to_confirm(user, now) + openings_to_confirm(user, now) + runs_to_do(user, now)
    others += corrections_to_confirm(user, now) + recommendations_and_schools(user, now)
    others += orders_of_services(user, now)
    visits, advises = advisers(user, now)
    others += visits + surveys_waiting(user, now) + brokering_waits(user, now)
    others += _clock_jumped(user, now) + _letters_held_up(user, now) + _failed_letters(user, now)
    others += _data_wrong(user, now)
    room = max(MOST_LINES - len(others), MOST_OF_A_KIND)
    lines, totals = _bids(sources, who, now, covered or {}, room)
    here = Counter(line.kind for line in lines)
    rests = [
        Rest(source.what, source.kind, here[source.kind], totals[source.kind])
        for source in sources
        if here[source.kind] < totals[source.kind]
    ]
    return Work(sorted(others + lines, key=_earliest), rests, advises)


def _earliest(line: Waiting) -> tuple[bool, date, str]:
    return (line.due_on is None, line.due_on or date.max, line.reference)


def _sources_for(user: User, now: datetime) -> tuple[Source, ...]:
    """The kinds of bids that can wait for this person."""
    rules = {rule for rule in {source.rule for source in SOURCES} if rule.allows(user, now)}
    return tuple(source for source in SOURCES if source.rule in rules)


def page_of_kind(
    source: Source, user: User, now: datetime, after: int | None, covered: Mapping[int, str]
) -> Page[Waiting]:
    """The bids of one kind that wait for this person, as they were begun; `covered` as in `waiting_for`."""
    if not source.rule.allows(user, now):
        return Page([])
    here = Bid.id > after if after else true()
    query = _query(source, Asker.of(user, london_date(now))).where(here).order_by(Bid.id)
    return page_of_rows(query, MOST_OF_A_KIND, partial(_line, source, now, covered))


def may_wait_for(user: User, now: datetime) -> bool:
    """Whether a bid can need this person: not an auditor or the board, who only read."""
    return bool(_sources_for(user, now))


def waiting_on(bid: Bid, user: User, now: datetime) -> list[Source]:
    """What My work says to this person of one bid that they may see."""
    asked = _sources_for(user, now)
    if not asked:
        return []
    who = Asker.of(user, london_date(now))
    places = db.session.scalars(_of_one_bid(asked, who.shape), {**who.values, "bid": bid.id})
    return [asked[place] for place in sorted(places)]


@lru_cache(maxsize=64)
def _of_one_bid(sources: tuple[Source, ...], shape: Shape) -> Any:
    """The places of the kinds a bid is of. As rows, so that the database looks no further where the bid is
    in another state."""
    who = Asker(shape)
    with about_one_bid():
        return union_all(
            *(
                select(literal_column(str(place), Integer)).where(
                    Bid.id == bindparam("bid"), source.when(who)
                )
                for place, source in enumerate(sources)
            )
        )


def lines_about(bid: Bid, user: User, now: datetime) -> list[Waiting]:
    """The lines of My work about one bid that lead to other pages than its own: papers, votes, notes,
    and schools that have closed."""
    votes, notes = scores_and_votes_on(bid, user, now), mentions_on(bid, user, now)
    return papers_of(bid, user, now) + votes + notes + closed_schools_of(bid, user, now)


def _bids(
    sources: tuple[Source, ...], who: Asker, now: datetime, covered: Mapping[int, str], room: int
) -> tuple[list[Waiting], Counter[str]]:
    """So many of the bids that wait, the earliest deadline first, but of no kind more than MOST_OF_A_KIND;
    and how many wait of each kind, as `Rest.total` is. In one query."""
    if not sources:
        return [], Counter()
    rows = db.session.execute(_firsts(sources, who.shape), {**who.values, "room": room}).all()
    totals = Counter({sources[row.kind].kind: min(row.total, MANY + 1) for row in rows})
    shown = sorted((row for row in rows if row.id is not None), key=lambda row: row.kind)
    return [_line(sources[kind], now, covered, *row) for kind, _total, *row in shown], totals


@lru_cache(maxsize=64)
def _firsts(sources: tuple[Source, ...], shape: Shape) -> Any:
    """The place of each kind there is and how many bids are of it; with each bid that has room. Which have
    is decided before what is shown of them is read."""
    who = Asker(shape)
    each = [
        select(literal_column(str(place), Integer).label("place"), *kind.c)
        for place, source in enumerate(sources)
        for kind in [_soonest(source, who).subquery()]
    ]
    first = union_all(*each).cte("first")
    dated = [place for place, source in enumerate(sources) if source.dated]
    day = case((first.c.place.in_(dated), first.c.due))
    with_room = (
        select(first)
        .order_by(day.is_(None), day, first.c.reference, first.c.place)
        .limit(bindparam("room", type_=Integer))
        .subquery()
    )
    amounts = ((with_room.c.place == n, one.amount.pence) for n, one in enumerate(sources) if one.amount)
    amount = case((with_room.c.place < 0, cast(null(), BigInteger)), *amounts)
    kinds = select(first.c.place, first.c.total).distinct().subquery()
    # Joins one after the other, and amounts beside the kinds: PostgreSQL takes those in a subquery to cost as
    # much again with every join, and then reads every bid first.
    query = select(
        kinds.c.place.label("kind"), kinds.c.total, *_columns(with_room.c.due, amount, who)
    ).select_from(kinds)
    query = query.outerjoin(with_room, with_room.c.place == kinds.c.place)
    return _with_schools(query.outerjoin(Bid, Bid.id == with_room.c.id), isouter=True)


def _soonest(source: Source, who: Asker) -> Any:
    """The first bids of a kind by deadline, each with how many there are; of a kind without dates those
    begun first. Of more than `MOST_COUNTED` the others are not looked at, and without dates of more than
    `MANY`."""
    due = _due(source, who) if source.dated else cast(null(), Date).label("due")
    most = (MOST_COUNTED if source.dated else MANY) + 1
    its = select(Bid.id, Bid.reference, due).where(is_visible(who), source.when(who)).limit(most).subquery()
    soonest = (its.c.due.is_(None), its.c.due) if source.dated else ()
    return select(its, func.count().over().label("total")).order_by(*soonest, its.c.id).limit(MOST_OF_A_KIND)


def _query(source: Source, who: Asker) -> Any:
    columns = _columns(_due(source, who), _amount(source), who)
    return _with_schools(select(*columns)).where(is_visible(who), source.when(who))


def _due(source: Source, who: Asker) -> Any:
    return (source.due(who) if source.due else Bid.due_on).label("due")


def _amount(source: Source) -> Any:
    """The amount that a kind is about, where it is not the bid's."""
    return (source.amount.pence if source.amount else cast(null(), BigInteger)).label("amount")


def _columns(due: Any, amount: Any, who: Asker) -> tuple[Any, ...]:
    """What `_line` is made of."""
    pence, is_awarded = listed_amount(who)
    return (
        Bid.id,
        Bid.reference,
        Bid.listed_title,
        School.name,
        func.coalesce(amount, pence).label("pence"),
        is_awarded.label("is_awarded"),
        due,
        Bid.state_since,
        Bid.officer_id,
        Fund.days_off,
    )


def _with_schools(query: Any, *, isouter: bool = False) -> Any:
    query = query.join(School, School.id == Bid.lead_school_id, isouter=isouter)
    return query.join(Fund, Fund.id == Bid.fund_id, isouter=isouter)


def _line(source: Source, now: datetime, covered: Mapping[int, str], *row: Any) -> Waiting:
    number, reference, title, school, pence, is_awarded, due, since, officer, off = row
    word = source.amount.word if source.amount else "awarded" if is_awarded else "asked for"
    age = (
        working_days(london_date(since), london_date(now), days_for(off, source.whose))
        if source.aged
        else None
    )
    return Waiting(
        reference,
        title or "Bid without a title yet",
        f"{school} · {pounds(pence, always_pence=False)} {word}" if pence else school,
        source.what,
        due if source.dated else None,
        f"/bids/{reference}{source.path}",
        age,
        covered.get(officer or 0, "") if source.rule is OFFICERS else "",
        source.kind,
        number,
        f"{pounds(pence, always_pence=False)} {word}" if source.amount and pence else "",
    )


def _letters_held_up(user: User, now: datetime) -> list[Waiting]:
    if not roles(R.ADMINISTRATOR).allows(user, now):
        return []
    return [
        Waiting(
            "Letters", title, detail, "Get letters going again", london_date(now), "/letters?status=queued"
        )
        for title, detail in troubles_in_words(now)
    ]


def _clock_jumped(user: User, now: datetime) -> list[Waiting]:
    """Nothing is done by date until an administrator of every fund says that the clock is right."""
    last = jumped_since(now) if roles(R.ADMINISTRATOR).allows(user, now) else None
    if last is None:
        return []
    title = f"Nothing is done by date since {moment_words(last)}"
    detail = "No offer ends, no support ends and no reminder goes"
    what = "Say whether the server’s clock is right"
    return [Waiting("Clock", title, detail, what, london_date(now), "/work/clock")]


def _data_wrong(user: User, now: datetime) -> list[Waiting]:
    """What the last look at all data found."""
    look = last_look() if roles(R.ADMINISTRATOR).allows(user, now) else None
    if look is None or not look.count:
        return []
    title = f"{look.count} thing{' is' if look.count == 1 else 's are'} wrong with the data"
    detail = f"Found on {moment_words(look.begun_at)}"
    return [Waiting("Data", title, detail, "Look at what is wrong", london_date(now), "/work/checks")]


def _failed_letters(user: User, now: datetime) -> list[Waiting]:
    if not roles(R.ADMINISTRATOR).allows(user, now):
        return []
    count = db.session.scalar(
        select(func.count())
        .select_from(Letter)
        .where(Letter.status == LetterStatus.FAILED, looks_after(user, now, R.ADMINISTRATOR))
    )
    if not count:
        return []
    title = f"{count} letter{'' if count == 1 else 's'} could not be delivered"
    return [
        Waiting(
            "Letters",
            title,
            "Check the address and send again",
            "Look at failed letters",
            None,
            "/letters?status=failed",
        )
    ]
