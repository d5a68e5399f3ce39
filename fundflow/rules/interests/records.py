"""What the records show by themselves of people's part in a bid, and must be disclosed."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    String,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.orm import aliased

from fundflow.extensions import db
from fundflow.models.area import Cluster, ClusterSchool
from fundflow.models.bid import Bid
from fundflow.models.brokering import Contact, SupportRequest
from fundflow.models.columns import BigId
from fundflow.models.history import HistoryEntry
from fundflow.models.interest import RegisteredInterest
from fundflow.models.person import Membership, Seat, User
from fundflow.models.school import School, Trust
from fundflow.workflow.interests import Tie, TieKind
from fundflow.workflow.working_days import london_date

MOST_TOGETHER = 100  # bids in one query; SQLite takes 500 parts
YEAR = timedelta(days=365)  # how long before a bid a contact with its schools still matters
KINDS = [kind.value for kind in (TieKind.BROKERED, TieKind.LOGGED, TieKind.REGISTERED, TieKind.CLUSTER)]
NO_NAME = cast(null(), String).label("name")
NO_ABOUT, NO_OTHERS = cast(null(), Integer).label("about"), cast(null(), Integer).label("others")
NO_DAY = cast(null(), Date).label("latest")
Question = Any  # a SELECT of a person's id, name, lines about the bid, other lines and the latest day
BEGAN = {"entered": TieKind.ENTERED, "commissioned": TieKind.COMMISSIONED}  # by Bid.origin's value


def shown_by_records(
    bid: Bid, users: Collection[User], *, clusters: bool = False, on: date | None = None
) -> dict[int, list[Tie]]:
    """Person's id → what is to be disclosed of them on this bid: what they did for it, ties in the
    register, and (`clusters`) that their school is in one of its clusters.

    on  the day on which ties, places and seats are to hold; without it those that have no end
    One query, whatever the number of people and of lines in the broker log.
    """
    return shown_on_many([bid], users, clusters={bid.id} if clusters else (), on=on).get(bid.id, {})


def shown_on_many(
    bids: Sequence[Bid],
    users: Collection[User],
    *,
    clusters: Collection[int] = (),
    on: date | None = None,
) -> dict[int, dict[int, list[Tie]]]:
    """`shown_by_records` of several bids, by bid's id, in as many queries as for one.

    clusters  ids of the bids on which belonging to one of their clusters is to be disclosed
    """
    found: dict[int, dict[int, list[Tie]]] = defaultdict(lambda: defaultdict(list))
    ids = {user.id for user in users}
    if not ids or not bids:
        return {}
    for bid in bids:
        if bid.created_by_id in ids and bid.origin.value in BEGAN:
            found[bid.id][bid.created_by_id].append(Tie(BEGAN[bid.origin.value]))
    for kind, bid_id, user_id, name, about, others, latest in sorted(
        _rows(bids, ids, clusters, on), key=lambda row: (KINDS.index(row[0]), *row[1:3], row[3] or "")
    ):
        found[bid_id][user_id].append(
            Tie(TieKind(kind), name or "", int(about or 0), int(others or 0), latest)
        )
    return {bid_id: dict(people) for bid_id, people in found.items()}


def _rows(
    bids: Sequence[Bid], ids: Collection[int], clusters: Collection[int], on: date | None
) -> Iterator[Any]:
    """Ties as rows, unordered: their kind, the bid's id, and what each question answers."""
    for start in range(0, len(bids), MOST_TOGETHER):
        some = bids[start : start + MOST_TOGETHER]
        # Most pages ask about one bid: that query is built once.
        build = _query_kept if len(some) == 1 else _query
        values = {"people": sorted(ids), "on": on}
        for number, bid in enumerate(some):
            values |= {f"{name}{number}": value for name, value in _values(bid, on).items()}
        yield from db.session.execute(
            build(tuple(bid.id in clusters for bid in some), dated=on is not None), values
        )


def _values(bid: Bid, on: date | None) -> dict[str, Any]:
    return {
        "bid": bid.id,
        "schools": [school.id for school in bid.schools],
        "trusts": [school.trust_id for school in bid.schools if school.trust_id],
        "since": london_date(bid.created_at) - YEAR,
        "formers": (on or london_date(bid.created_at)).year - bid.fund.former_employer_years,
    }


def _query(clustered: tuple[bool, ...], *, dated: bool) -> Any:
    """All questions about several bids, of each whether its clusters are asked for."""
    asked = [
        (kind, about, query.subquery())
        for number, clusters in enumerate(clustered)
        for about in [About.bid(number)]
        for kind, query in _questions(about, clusters, dated)
    ]
    return union_all(*(select(literal(kind), about.id, *each.c) for kind, about, each in asked))


_query_kept = lru_cache(maxsize=8)(_query)


class About(NamedTuple):
    """Parameters of one of the bids that are asked about, as `_values` has them."""

    id: Any
    schools: Any
    trusts: Any
    since: Any
    formers: Any  # the earliest year until which somebody worked at an employer that still counts

    @classmethod
    def bid(cls, number: int) -> "About":
        return cls(
            bindparam(f"bid{number}", type_=BigId),
            bindparam(f"schools{number}", type_=BigId, expanding=True),
            bindparam(f"trusts{number}", type_=BigId, expanding=True),
            bindparam(f"since{number}", type_=Date),
            bindparam(f"formers{number}", type_=Integer),
        )


PEOPLE = bindparam("people", type_=BigId, expanding=True)
ON = bindparam("on", type_=Date)


def _questions(bid: About, clusters: bool, dated: bool) -> Iterator[tuple[str, Question]]:
    """What is asked about one bid, by kind of tie."""
    yield TieKind.BROKERED.value, _brokered(bid)
    yield TieKind.LOGGED.value, _contacts(bid)
    yield TieKind.REGISTERED.value, _registered(bid, dated)
    if clusters:
        yield TieKind.CLUSTER.value, _clusters(bid, dated)


def _brokered(bid: About) -> Question:
    """Who asked for, or took a step of, the request from which the bid was begun."""
    request = select(SupportRequest.id).where(SupportRequest.draft_id == bid.id)
    acted = select(HistoryEntry.user_id).where(
        HistoryEntry.process == "support_request",
        HistoryEntry.record_id.in_(request),
        HistoryEntry.user_id.in_(PEOPLE),
    )
    asked = select(SupportRequest.asked_by_id).where(
        SupportRequest.draft_id == bid.id, SupportRequest.asked_by_id.in_(PEOPLE)
    )
    both = union(acted, asked).subquery()
    return select(both.c[0], NO_NAME, NO_ABOUT, NO_OTHERS, NO_DAY)


def _contacts(bid: About) -> Question:
    """Of the broker log: lines about the bid, other lines about its schools, and the latest day."""
    about = func.sum(case((Contact.about_bid_id == bid.id, 1), else_=0))
    theirs = or_(Contact.school_id.in_(bid.schools), Contact.other_school_id.in_(bid.schools))
    later = aliased(Contact)
    put_right = exists().where(later.corrects_id == Contact.id).correlate(Contact)
    return (
        select(
            Contact.by_id,
            NO_NAME,
            about.label("about"),
            (func.count() - about).label("others"),
            func.max(Contact.on).label("latest"),
        )
        .where(Contact.by_id.in_(PEOPLE), ~put_right)
        .where(or_(Contact.about_bid_id == bid.id, (Contact.on >= bid.since) & theirs))
        .group_by(Contact.by_id)
    )


def _registered(bid: About, dated: bool) -> Question:
    """Ties to the bid's schools and trusts that the register has, and that do not bar; one to a school
    that closed is one to its successor. A former employer counts for some years."""
    line = RegisteredInterest
    name = func.coalesce(School.name, Trust.name)
    counts = or_(line.worked_until.is_(None), line.worked_until >= bid.formers)
    ours = or_(School.id.in_(bid.schools), School.succeeded_by_id.in_(bid.schools), Trust.id.in_(bid.trusts))
    return (
        select(line.user_id, name.label("name"), NO_ABOUT, NO_OTHERS, NO_DAY)
        .outerjoin(School, School.id == line.school_id)
        .outerjoin(Trust, Trust.id == line.trust_id)
        .where(line.user_id.in_(PEOPLE), line.bars.is_(False), _goes_on(line.ended_on, dated), counts, ours)
    )


def _clusters(bid: About, dated: bool) -> Question:
    """Whose own school (a membership's or a seat's) lies in a cluster with a school of the bid."""
    mine, theirs = aliased(ClusterSchool), aliased(ClusterSchool)
    own = union(
        *(
            select(held.user_id, held.school_id)
            .where(held.user_id.in_(PEOPLE), _goes_on(held.ends_on, dated))
            .where(held.starts_on <= ON if dated else true())
            for held in (Membership, Seat)
        )
    ).subquery()
    return (
        select(own.c.user_id, Cluster.name, NO_ABOUT, NO_OTHERS, NO_DAY)
        .distinct()
        .join(mine, mine.school_id == own.c.school_id)
        .join(theirs, theirs.cluster_id == mine.cluster_id)
        .join(Cluster, Cluster.id == mine.cluster_id)
        .where(theirs.school_id.in_(bid.schools))
    )


def _goes_on(end: Any, dated: bool) -> ColumnElement[bool]:
    """Whether something with this last day holds on the day, or (no day) for good."""
    return or_(end.is_(None), end >= ON) if dated else end.is_(None)
