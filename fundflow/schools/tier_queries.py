"""The list of schools with their tiers: narrowed, sorted, and read a page at a time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, func, literal, select, union_all
from sqlalchemy.orm import aliased

from fundflow.extensions import db
from fundflow.models.area import Patch, Tier, TierEntry
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import PHASES, School
from fundflow.permissions import may_see, outcome_kept
from fundflow.rules.school_queries import OFFERED_STATUSES, every_word, school_named
from fundflow.schools.queries import FOR_WORDS, last_code
from fundflow.schools.rules import of_others
from fundflow.web.paging import Page, comes_after, cut, row_id, search_text
from fundflow.workflow.application import BidState
from fundflow.workflow.words import state_words
from fundflow.workflow.working_days import london_date

PAGE = 25
NONE = "none"  # in the address: without a tier, without an officer
RUNNING = (BidState.IN_DELIVERY, BidState.SUSPENDED, BidState.IN_MONITORING)
HEADER = (
    "School",
    "URN",
    "Phase",
    "Tier",
    "Since",
    "Patch",
    "Link officer",
    "Last bid",
    "Last bid’s status",
    "Awards running",
)
# Bids' conditions speak of schools too: by another name they never mean this list's.
Place: Any = aliased(School, name="place")
LATEST = select(TierEntry.school_id, func.max(TierEntry.id).label("entry_id")).group_by(TierEntry.school_id)


class Sort(NamedTuple):
    """An order, by its name in the address; schools that are alike in it stand by name, the same way."""

    words: str
    columns: tuple[Any, ...] = ()
    falling: bool = False


_NO_TIER, _FIRST_DAY, _LAST_DAY = literal(0), literal(date(1900, 1, 1)), literal(date(2200, 1, 1))
BY_NAME = (Place.search_name, Place.urn)
SORTS: Mapping[str, Sort] = {
    "name": Sort("By name"),
    "-tier": Sort("Most support first", (-func.coalesce(TierEntry.tier, _NO_TIER),)),
    "tier": Sort("Least support first", (func.coalesce(TierEntry.tier, literal(9)),)),
    "-since": Sort("Tier changed last", (func.coalesce(TierEntry.from_on, _FIRST_DAY),), falling=True),
    "since": Sort("Tier unchanged for longest", (func.coalesce(TierEntry.from_on, _LAST_DAY),)),
}


class TierFilters(NamedTuple):
    """The list as it stands in the address."""

    text: str = ""
    tier: str = ""  # 1 to 4, or NONE
    phase: int | None = None
    officer: str = ""  # an id, or NONE
    never: bool = False  # only schools that never led a bid that was sent
    sort: str = "name"
    after: str = ""

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "TierFilters":
        tier, officer, sort = (args.get(name, "") for name in ("tier", "officer", "sort"))
        phase = row_id(args.get("phase"))
        return cls(
            search_text(args),
            tier if tier in (NONE, *(str(int(one)) for one in Tier)) else "",
            phase if phase in PHASES else None,
            officer if officer == NONE or row_id(officer) else "",
            args.get("never") == "yes",
            sort if sort in SORTS else "name",
            last_code(args),
        )

    @property
    def narrowed(self) -> dict[str, object]:
        """The list as arguments of its address, without a page."""
        return {
            "q": self.text or None,
            "tier": self.tier or None,
            "phase": self.phase,
            "officer": self.officer or None,
            "never": "yes" if self.never else None,
            "sort": self.sort if self.sort != "name" else None,
        }

    @property
    def is_narrow(self) -> bool:
        return any(value for name, value in self.narrowed.items() if name != "sort")


class TieredSchool(NamedTuple):
    """A school of our areas with its tier, if it has one; its bids as far as the reader may see them."""

    id: int
    urn: str
    name: str
    phase_code: int | None
    tier: Tier | None
    since: date | None
    patch: str | None
    officer: str | None
    last_bid: Bid | None = None
    running: tuple[Bid, ...] = ()

    @property
    def phase(self) -> str:
        return PHASES.get(self.phase_code, "Not known") if self.phase_code is not None else "Not known"


def tiers_page(wanted: TierFilters, user: User, now: datetime) -> Page[TieredSchool]:
    """One page of the list, with bids."""
    query = _listed(wanted, user, now)
    if wanted.after:
        sort = SORTS[wanted.sort]
        query = query.where(
            comes_after(wanted.after, *sort.columns, *BY_NAME, falling=sort.falling, among=_joined(now))
        )
    rows = [_made(row) for row in db.session.execute(query.limit(PAGE + 1))]
    page = cut(rows, PAGE, "urn")
    return page._replace(rows=_with_bids(page.rows, user, now))


def tier_lines(wanted: TierFilters, user: User, now: datetime) -> Iterator[tuple[Any, ...]]:
    """Every row of the list, as a file has it."""
    rows = [_made(row) for row in db.session.execute(_listed(wanted, user, now))]
    for one in _with_bids(rows, user, now):
        last = one.last_bid
        yield (
            one.name,
            one.urn,
            one.phase,
            one.tier.words if one.tier else "",
            one.since,
            one.patch,
            one.officer,
            last.reference if last else "",
            _stands(last, user, now) if last else "",
            ", ".join(bid.reference for bid in one.running),
        )


def _stands(bid: Bid, user: User, now: datetime) -> str:
    """A bid's state in words; not its outcome, where that is kept from this person."""
    return state_words(bid, for_staff=True, kept_until=outcome_kept(user, bid, now)).text


def officers_of_patches() -> dict[int, str]:
    """Who is the link officer of a patch, by name."""
    query = select(User.id, User.name).where(User.id.in_(select(Patch.officer_id))).order_by(User.name)
    return dict(db.session.execute(query).all())


def _made(row: Any) -> TieredSchool:
    found = TieredSchool(*row)
    return found._replace(tier=Tier(found.tier) if found.tier else None)


def _joined(now: datetime) -> Any:
    """Schools with their tier of today, their patch and its link officer."""
    latest = LATEST.where(TierEntry.from_on <= london_date(now)).subquery("latest")
    return (
        select(Place.id)
        .outerjoin(latest, latest.c.school_id == Place.id)
        .outerjoin(TierEntry, TierEntry.id == latest.c.entry_id)
        .outerjoin(Patch, Patch.id == Place.patch_id)
        .outerjoin(User, User.id == Patch.officer_id)
        .get_final_froms()[0]
    )


def _listed(wanted: TierFilters, user: User, now: datetime) -> Any:
    sort = SORTS[wanted.sort]
    columns = (Place.id, Place.urn, Place.name, Place.phase_code, TierEntry.tier, TierEntry.from_on)
    order = [*sort.columns, *BY_NAME]
    return (
        select(*columns, Patch.name, User.name)
        .select_from(_joined(now))
        .where(
            Place.la_code.in_(select(Fund.la_code)),
            Place.is_organisation.is_(False),
            Place.status_code.in_(OFFERED_STATUSES),
            of_others(user, now, Place),
            *_narrowed(wanted, user, now),
        )
        .order_by(*(one.desc() if sort.falling else one for one in order))
    )


def _narrowed(wanted: TierFilters, user: User, now: datetime) -> Iterator[ColumnElement[bool]]:
    if wanted.text:
        yield every_word(wanted.text, lambda word: school_named(word, Place))
    if wanted.tier:
        yield TierEntry.tier.is_(None) if wanted.tier == NONE else TierEntry.tier == int(wanted.tier)
    if wanted.phase is not None:
        yield Place.phase_code == wanted.phase
    if wanted.officer:
        yield User.id.is_(None) if wanted.officer == NONE else User.id == int(wanted.officer)
    if wanted.never:
        yield ~exists().where(Bid.lead_school_id == Place.id, *_sent(user, now))


def _sent(user: User, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Bids that were sent, as far as this person may see them."""
    return Bid.submitted_at.is_not(None), may_see(user, now)


def _with_bids(rows: Sequence[TieredSchool], user: User, now: datetime) -> list[TieredSchool]:
    """With the last bid that each school led, and its awards that are under way."""
    ids, sent = [one.id for one in rows], _sent(user, now)
    # Each school's last is looked up: of those that it ever led there may be hundreds.
    latest = select(Bid.id).where(Bid.lead_school_id == Place.id, *sent).order_by(Bid.id.desc()).limit(1)
    under_way = select(Bid.lead_school_id, Bid.id, literal(False)).where(
        Bid.lead_school_id.in_(ids), Bid.state.in_(RUNNING), *sent
    )
    found = union_all(
        select(Place.id, latest.correlate(Place).scalar_subquery(), literal(True)).where(Place.id.in_(ids)),
        under_way,
    )
    last: dict[int, int] = {}
    running = defaultdict[int, list[int]](list)
    for school, number, is_last in sorted(db.session.execute(found), key=lambda row: row[1] or 0):
        if is_last and number:
            last[school] = number
        elif number:
            running[school].append(number)
    bids = _bids({*last.values(), *(number for many in running.values() for number in many)})
    return [
        one._replace(
            last_bid=bids.get(last.get(one.id, 0)), running=tuple(bids[number] for number in running[one.id])
        )
        for one in rows
    ]


def _bids(ids: Iterable[int]) -> dict[int, Bid]:
    found = db.session.scalars(select(Bid).where(Bid.id.in_(ids)).options(*FOR_WORDS))
    return {bid.id: bid for bid in found}
