"""Every figure of a report, counted again by hand: plain loops over rows."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction
from statistics import median
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fundflow.models.area import Tier
from fundflow.models.award import Award, AwardLine
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import MatchFunding, Partner, PupilGroup, PupilGroupKind
from fundflow.models.day_log import WorkedDay
from fundflow.models.decision import Decision
from fundflow.models.feedback import Feedback
from fundflow.models.follow_up import FollowUp
from fundflow.models.impact import ImpactReturn, Rag
from fundflow.models.impact_results import Rating
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.panel import ItemOutcome
from fundflow.models.review import Submission
from fundflow.models.school import PHASES, School
from fundflow.reports.bids import STATE_WORDS, bids
from fundflow.reports.conflicts import conflicts
from fundflow.reports.cut import Cut
from fundflow.reports.decisions import decisions
from fundflow.reports.figures import FIGURES
from fundflow.reports.impact import impact
from fundflow.reports.pupils import pupils
from fundflow.reports.schools import schools, schools_by_name
from fundflow.reports.tables import Part, Table, part_from
from fundflow.reports.value import value
from fundflow.rules.small_numbers import Mark, published
from fundflow.workflow.application import BidState as S
from fundflow.workflow.impact_return import ReturnKind, ReturnState
from fundflow.workflow.working_days import is_working_day, london_date
from tests.reports.world import AT, Slough, World
from tests.scenes import scene
from tests.schools.files import needs_data

invented, slough = scene(World), scene(Slough)
C, X, Z = Mark.HIDDEN, Mark.NOT_AVAILABLE, Mark.NOT_APPLICABLE
YEARS = (date(2025, 4, 1), date(2027, 6, 10))
PERIODS = [YEARS, (date(2026, 4, 1), date(2027, 3, 31)), (date(2027, 1, 1), date(2027, 6, 10))]


@pytest.fixture(params=["invented", pytest.param("slough", marks=[needs_data, pytest.mark.thorough])])
def world(request: pytest.FixtureRequest) -> World:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


@pytest.fixture(params=PERIODS, ids=["all", "year", "months"])
def cut(request: Any, world: World) -> Cut:
    return Cut(world.fund, *request.param, staff=True)


def table(part: Part, code: str) -> Table:
    return next(one for one in part.tables if one.code == code)


def inside(cut: Cut, moment: datetime | None) -> bool:
    return moment is not None and cut.start <= london_date(moment) <= cut.end and moment < AT


def by_then(cut: Cut, moment: datetime | None) -> bool:
    return moment is not None and london_date(moment) <= cut.end and moment < AT


def of_fund(session: Session, world: World) -> list[Bid]:
    return session.query(Bid).filter_by(fund_id=world.fund.id).order_by(Bid.id).all()


def first_made(decision: Decision) -> datetime:
    """The moment of the decision that the first correction corrects."""
    while decision.corrects:
        decision = decision.corrects
    return decision.decided_at


def untold(cut: Cut, decision: Decision) -> bool:
    return decision.letters_due_on is not None and not by_then(cut, decision.letters_sent_at)


def said(bid: Bid, cut: Cut, session: Session) -> str:
    """A bid's state as the school knows it; in this world none moved since."""
    held = [d for d in session.query(Decision).filter_by(bid_id=bid.id) if by_then(cut, d.decided_at)]
    return STATE_WORDS[S.AT_PANEL if any(untold(cut, d) for d in held) else bid.state]


def test_bids_by_state_phase_and_priority(session: Session, world: World, cut: Cut) -> None:
    part = bids(cut, AT)
    sent = [bid for bid in of_fund(session, world) if inside(cut, bid.submitted_at)]
    for code, key in (
        ("bids-by-state", lambda bid: said(bid, cut, session)),
        ("bids-by-phase", lambda bid: PHASES.get(bid.lead_school.phase_code, "Not known")),
        ("bids-by-priority", lambda bid: bid.priority.title if bid.priority else "No priority"),
    ):
        groups = defaultdict(list)
        for bid in sent:
            groups[key(bid)].append(bid)  # type: ignore[no-untyped-call]
        hand = {name: counts(found, cut) for name, found in groups.items()}
        assert {row[0]: row[1:] for row in table(part, code).rows} == hand
        assert table(part, code).totals[1:] == counts(sent, cut)


def counts(found: Iterable[Bid], cut: Cut) -> tuple[int, int, int, int]:
    found = list(found)
    awards = [
        max(made, key=lambda a: a.number).pence
        for bid in found
        if (made := [a for a in bid.awards if by_then(cut, a.made_at)])
    ]
    asked = sum(bid.sent_pence if bid.sent_pence is not None else bid.requested_pence for bid in found)
    return len(found), asked, len(awards), sum(awards)


def working_days(start: date, end: date) -> int:
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day) for day in days)


def test_decisions_and_how_long_they_took(session: Session, world: World, cut: Cut) -> None:
    part = decisions(cut, AT)
    made: dict[ItemOutcome, dict[int, Decision]] = defaultdict(dict)
    took = []
    for bid in of_fund(session, world):
        first = None
        for d in session.query(Decision).filter_by(bid_id=bid.id).order_by(Decision.decided_at):
            if not by_then(cut, d.decided_at) or by_then(cut, d.undone_at) or untold(cut, d):
                continue
            if inside(cut, first_made(d)):
                made[d.outcome][bid.id] = d
            if first is None and d.outcome is not ItemOutcome.DEFERRED:
                first = d
        if first and inside(cut, first_made(first)):
            sent = min(row.at for row in session.query(Submission).filter_by(bid_id=bid.id))
            took.append(working_days(london_date(sent), london_date(first_made(first))))
    hand = {}
    for outcome, words in (
        (ItemOutcome.APPROVED, "Funded"),
        (ItemOutcome.DECLINED, "Refused"),
        (ItemOutcome.DEFERRED, "Deferred"),
    ):
        rows = made[outcome].values()
        asked = sum(d.bid.sent_pence or d.bid.requested_pence for d in rows)
        hand[words] = (len(rows), asked, sum(d.pence or 0 for d in rows))
    out = [b for b in of_fund(session, world) if b.state is S.INELIGIBLE and inside(cut, b.state_since)]
    hand["Ineligible"] = (len(out), sum(b.sent_pence or 0 for b in out), 0)
    assert {row[0]: row[1:] for row in table(part, "decisions").rows} == hand
    assert table(part, "time-to-decision").rows == (
        (len(took), Fraction(median(took)), min(took), max(took)) if took else (0, Z, Z, Z),
    )
    accepted = [
        a for b in of_fund(session, world) for a in b.awards if a.number == 1 and inside(cut, a.made_at)
    ]
    assert table(part, "awards-by-term").totals[1:] == (sum(a.pence for a in accepted), len(accepted))
    autumn = [a.pence for a in accepted if (a.made_at.year, a.made_at.month > 8) == (2026, True)]
    rows = {row[0]: row[1:] for row in table(part, "awards-by-term").rows}
    assert rows.get("Autumn 2026", (0, 0)) == (sum(autumn), len(autumn))


def test_schools_that_never_applied(session: Session, world: World) -> None:
    cut = Cut(world.fund, *YEARS, staff=True)
    sent = [bid for bid in of_fund(session, world) if by_then(cut, bid.submitted_at)]
    led = {bid.lead_school_id for bid in sent}
    part = {p.school_id for bid in sent for p in session.query(Partner).filter_by(bid_id=bid.id)}
    area = [
        s
        for s in session.query(School)
        if s.la_code == world.la_code and s.status_code in (1, 3) and not s.is_organisation
    ]
    found = table(schools(cut, AT), "schools")
    silent = [s for s in area if s.id not in led | part]
    assert found.totals[1:] == (
        len(area),
        len([s for s in area if s.id in led]),
        len([s for s in area if s.id in part - led]),
        len(silent),
    )
    secondary = next(row for row in found.rows if row[0] == "Secondary")
    assert secondary[-1] == len([s for s in silent if s.phase_code == 4])
    names = {row[0] for row in schools_by_name(cut, AT).tables[0].rows}
    assert names == {s.name for s in silent} >= {s.name for s in world.never}


def standing(session: Session, world: World, cut: Cut) -> list[ImpactReturn]:
    return [
        r
        for b in of_fund(session, world)
        for r in b.returns
        if r.state is ReturnState.ACCEPTED and by_then(cut, r.accepted_at)
    ]


def test_ratings(session: Session, world: World, cut: Cut) -> None:
    latest: dict[int, Rating] = {}
    for report in sorted(standing(session, world, cut), key=lambda r: r.number):
        for rating in sorted(report.ratings, key=lambda r: r.number):
            if by_then(cut, rating.given_at):
                latest[report.bid_id] = rating
    found = Counter(r.rag for r in latest.values() if inside(cut, r.given_at))
    shown = table(impact(cut, AT), "ratings")
    assert {row[0]: row[1] for row in shown.rows} == {rag.words: found[rag] for rag in Rag}
    total = found.total()
    assert [row[2] for row in shown.rows] == [Fraction(found[r], total) if total else Z for r in Rag]


def group_size(bid: Bid, group: PupilGroupKind) -> int | None:
    if group is PupilGroupKind.ALL:
        return bid.pupils_benefiting
    return next((g.count for g in bid.pupil_groups if g.group is group), None)


def results_by_hand(session: Session, world: World, cut: Cut) -> list[tuple[Bid, Any]]:
    latest: dict[int, tuple[ImpactReturn, Any]] = {}
    for r in sorted(standing(session, world, cut), key=lambda r: r.number):
        latest |= {actual.outcome_id: (r, actual) for actual in r.actuals}
    return [
        (r.bid, actual)
        for r, actual in latest.values()
        if inside(cut, r.accepted_at)
        if actual.outcome.measure_id and (group_size(r.bid, actual.outcome.group) or 0) > 5
    ]


def test_results_by_measure(session: Session, world: World, cut: Cut) -> None:
    hand = results_by_hand(session, world, cut)
    shown = table(impact(cut, AT), "results")
    if not hand:
        assert shown.rows == ()
        return
    ((name, unit, better, number, baseline, target, result, moved),) = shown.rows
    assert (name, unit, better) == ("Pupils at the phonics standard", "%", "rises")
    assert number == len({bid.id for bid, _ in hand})

    def mean(values: Iterable[Any]) -> Fraction:
        found = [Fraction(v) for v in values]
        return sum(found, Fraction(0)) / len(found)

    assert baseline == mean(a.baseline for _, a in hand)
    assert target == mean(a.target for _, a in hand)
    assert result == mean(a.value for _, a in hand)
    hundred = mean(Fraction(a.value - a.baseline) / Fraction(a.target - a.baseline) for _, a in hand)
    assert abs(moved - hundred) < Fraction(1, 10**20)


def test_small_groups_stand_in_no_mean(session: Session, invented: World) -> None:
    shown = table(impact(Cut(invented.fund, *YEARS, staff=True), AT), "results")
    assert any("2 results left out" in note for note in shown.notes)
    assert shown.rows[0][3] == 8


def test_feedback_from_three_schools_on(session: Session, world: World, cut: Cut) -> None:
    ids = {bid.id for bid in of_fund(session, world)}
    given = [f for f in session.query(Feedback) if f.bid_id in ids and inside(cut, f.given_at)]
    part = impact(cut, AT)
    rows = {row[0]: row[1:] for row in table(part, "feedback").rows}
    for name, words in (("quality", "Quality of the support"), ("council", "How the council handled it")):
        found = [(f.school_id, getattr(f, name)) for f in given if getattr(f, name) is not None]
        enough = len({school for school, _ in found}) >= 3
        mean = Fraction(sum(n for _, n in found), len(found)) if found else None
        assert rows[words] == ((len(found), mean) if enough else (X, X))
    yes, no = (row[1] for row in table(part, "feedback-again").rows)
    enough = len({f.school_id for f in given}) >= 3
    assert (yes, no) == (
        (sum(f.use_again is True for f in given), sum(f.use_again is False for f in given))
        if enough
        else (X, X)
    )


def test_the_feedback_of_this_world_is_enough_and_of_the_council_too_little(invented: World) -> None:
    shown = table(impact(Cut(invented.fund, *YEARS, staff=True), AT), "feedback")
    rows = {row[0]: row[2] for row in shown.rows}
    assert rows["Quality of the support"] == Fraction(14, 4)
    assert rows["How the council handled it"] is X


def test_overdue_reports(session: Session, world: World, cut: Cut) -> None:
    open_in = {
        ReturnKind.INTERIM: (S.IN_DELIVERY, S.SUSPENDED),
        ReturnKind.FINAL: (S.IN_MONITORING,),
        ReturnKind.FOLLOW_UP: (S.IN_MONITORING, S.CLOSED),
    }
    late: Counter[str] = Counter()
    for bid in of_fund(session, world):
        for r in bid.returns:
            if r.due_on >= cut.end or by_then(cut, r.submitted_at) or bid.state not in open_in[r.kind]:
                continue
            days = working_days(r.due_on, cut.end)
            late["20 or more" if days >= 20 else "10 to 19" if days >= 10 else "1 to 9"] += 1
    shown = table(impact(cut, AT), "overdue")
    assert {row[0]: row[-1] for row in shown.rows} == {
        w: late[w] for w in ("1 to 9", "10 to 19", "20 or more")
    }
    assert shown.totals[-1] == late.total()


def test_follow_up_actions(session: Session, world: World, cut: Cut) -> None:
    ids = {bid.id for bid in of_fund(session, world)}
    found: Counter[str] = Counter()
    for action in session.query(FollowUp):
        if action.bid_id not in ids or not by_then(cut, action.asked_at):
            continue
        state = action.state.value if by_then(cut, action.changed_at) else "open"
        late = state == "open" and action.due_on < cut.end
        words = {"done": "Done", "let_go": "No longer asked for"}.get(state)
        found[words or ("To do, and past its day" if late else "To do")] += 1
    shown = table(impact(cut, AT), "follow-ups")
    assert {row[0]: row[1] for row in shown.rows if row[1]} == found


def test_interests_and_how_they_were_handled(session: Session, world: World, cut: Cut) -> None:
    ids = {bid.id for bid in of_fund(session, world)}
    found = Counter(
        d.kind for d in session.query(Declaration) if d.bid_id in ids and inside(cut, d.declared_at)
    )
    part = conflicts(cut, AT)
    shown = {row[0]: row[1] for row in table(part, "interests").rows}
    assert shown["An interest that bars"] == found[InterestKind.BARRED]
    assert shown["An interest, disclosed"] == found[InterestKind.DISCLOSED]
    made = [
        d
        for d in session.query(Decision)
        if d.bid_id in ids
        and inside(cut, first_made(d))
        and not by_then(cut, d.undone_at)
        and not untold(cut, d)
        and d.sitting
    ]
    assert [row[1] for row in table(part, "interests-at-decisions").rows] == [len(made)] * 4


def test_pupils_are_counted_by_ended_year_alone(session: Session, world: World) -> None:
    places = {2: 0, 3: 0, 4: 1, 5: 1}
    found: dict[int, dict[PupilGroupKind, list[int]]] = defaultdict(dict)
    schools_: dict[int, dict[PupilGroupKind, list[set[int]]]] = defaultdict(dict)
    for award in session.query(Award).filter_by(number=1):
        bid = award.bid
        if bid.fund_id != world.fund.id:
            continue
        day = london_date(award.made_at)
        year = day.year if day >= date(day.year, 4, 1) else day.year - 1
        for group in session.query(PupilGroup).filter_by(bid_id=bid.id):
            place = places.get(bid.lead_school.phase_code or 0, 2)
            found[year].setdefault(group.group, [0, 0, 0])[place] += group.count
            schools_[year].setdefault(group.group, [set(), set(), set()])[place].add(bid.lead_school_id)
    whole = pupils(Cut(world.fund, *YEARS, staff=True), AT)
    assert [one.code for one in whole.tables] == ["pupils-2026"] if 2025 not in found else True
    for one in whole.tables:
        year = int(one.code.removeprefix("pupils-"))
        assert year < 2027
        groups = [kind for kind in PupilGroupKind if kind in found[year]]
        shown = published([found[year][kind] for kind in groups], [schools_[year][kind] for kind in groups])
        assert [row[1:] for row in one.rows] == list(shown.rows)
        assert one.totals == ()  # a pupil stands in several groups
    assert C in {cell for one in whole.tables for row in one.all_rows for cell in row}


def test_the_pupils_of_a_year_are_the_same_table_whenever_and_of_whomever_they_are_asked(
    world: World,
) -> None:
    whole = {one.code: one for one in pupils(Cut(world.fund, *YEARS, staff=True), AT).tables}
    narrow = Cut(world.fund, *YEARS, phase=2, patch=world.patch, priority="Attendance")
    for part in (pupils(narrow, AT), pupils(Cut(world.fund, *YEARS, staff=True), AT + timedelta(days=200))):
        for one in part.tables:
            assert one == whole.get(one.code, one)
    assert {one.code for one in pupils(narrow, AT).tables} == set(whole)


def test_value_for_money(session: Session, world: World, cut: Cut) -> None:
    part = value(cut, AT)
    costs, days, pupils_, schools_, planned, match, few = {}, {}, {}, {}, {}, {}, {}
    for bid in of_fund(session, world):
        report = next((r for r in bid.returns if r.kind is ReturnKind.FINAL), None)
        if not (report and report.state is ReturnState.ACCEPTED and inside(cut, report.accepted_at)):
            continue
        signs = {EntryKind.AWARDED: 1, EntryKind.RELEASED: -1, EntryKind.RECOVERED: -1}
        entries = session.query(LedgerEntry).filter_by(bid_id=bid.id)
        costs[bid.id] = sum(signs.get(e.kind, 0) * e.pence for e in entries)
        log = session.query(WorkedDay).filter_by(bid_id=bid.id)
        days[bid.id] = sum(d.half_days for d in log if d.confirmed_at and not d.struck_at)
        pupils_[bid.id] = bid.pupils_benefiting
        sizes = [bid.pupils_benefiting, *(g.count for g in bid.pupil_groups)]
        few[bid.id] = any(size <= 5 for size in sizes)
        schools_[bid.id] = 1 + session.query(Partner).filter_by(bid_id=bid.id).count()
        lines = session.query(AwardLine).filter_by(award_id=bid.awards[-1].id)
        planned[bid.id] = sum(line.half_days or 0 for line in lines)
        match[bid.id] = sum(m.pence for m in session.query(MatchFunding).filter_by(bid_id=bid.id))
    ratios = {
        "Cost per pupil": [(costs[b], pupils_[b]) for b in costs if not few[b]],
        "Cost per day of support": [(costs[b], Fraction(days[b], 2)) for b in costs if days[b]],
        "Cost per school": [(costs[b], schools_[b]) for b in costs],
        "Days delivered of those planned": [(days[b], planned[b]) for b in costs],
        "Match funding as a share of the cost": [(match[b], costs[b]) for b in costs if costs[b]],
    }
    rows = {row[0]: row for code in ("value", "value-shares") for row in table(part, code).rows}
    for name, found in ratios.items():
        if not found or (name == "Cost per pupil" and len(found) < 5):
            mark = C if name == "Cost per pupil" and costs else Z
            assert rows[name][1:] == (len(found), None, mark, mark, mark, mark)
            continue
        values = [Fraction(top) / bottom for top, bottom in found]
        whole = Fraction(sum(top for top, _ in found)) / sum(bottom for _, bottom in found)
        hand = [whole, median(values), min(values), max(values)]
        if name.startswith("Cost"):
            hand = [int(number + Fraction(1, 2)) for number in hand]
        assert (rows[name][1], list(rows[name][3:])) == (len(found), hand), name


def test_no_pupils_of_a_bid_are_worked_out_by_who_is_not_staff(world: World) -> None:
    """Not from the amounts that are published, nor from two reports."""
    read = value(Cut(world.fund, *YEARS), AT)
    exact = {row[0]: row for row in table(value(Cut(world.fund, *YEARS, staff=True), AT), "value").rows}
    row = next(row for row in table(read, "value").rows if row[0] == "Cost per pupil")
    whole, middle = (int(cell / 100 + 0.5) * 100 for cell in exact["Cost per pupil"][3:5])
    assert row == ("Cost per pupil", exact["Cost per pupil"][1], None, whole, middle, C, C)
    for one in read.tables:
        at = next((n for n, column in enumerate(one.columns) if column.title == "Cost per pupil"), None)
        shown = [row[at] for row in one.rows if at is not None]
        assert all(isinstance(cell, Mark) or cell % 100 == 0 for cell in shown)
        assert "pupils" not in " ".join(str(cell) for row in one.rows for cell in row[1:])


def test_the_cost_of_a_point_is_within_one_measure(session: Session, world: World) -> None:
    cut = Cut(world.fund, *YEARS, staff=True)
    values = []
    for bid, actual in results_by_hand(session, world, cut):
        points = Fraction(actual.value - actual.baseline)
        entries = session.query(LedgerEntry).filter_by(bid_id=bid.id)
        cost = sum(e.pence * {EntryKind.AWARDED: 1, EntryKind.RELEASED: -1}.get(e.kind, 0) for e in entries)
        if points > 0:
            values.append(cost / points)
    ((_, _, number, middle, least, most),) = table(value(cut, AT), "value-by-measure").rows
    hand = [int(v + Fraction(1, 2)) for v in (median(values), min(values), max(values))]
    assert (number, [middle, least, most]) == (len(values), hand)


@pytest.mark.parametrize("narrowed", ["phase", "patch", "priority", "tier"])
def test_a_cut_counts_the_bids_of_its_schools_alone(session: Session, world: World, narrowed: str) -> None:
    keys: dict[str, tuple[Any, Any]] = {
        "phase": (2, lambda bid: bid.lead_school.phase_code == 2),
        "patch": (world.patch, lambda bid: bid.lead_school.patch_id == world.patch.id),
        "priority": ("Attendance", lambda bid: bool(bid.priority) and bid.priority.title == "Attendance"),
        "tier": (Tier.TARGETED, lambda bid: bid.lead_school in world.schools[:2]),
    }
    which, key = keys[narrowed]
    cut = Cut(world.fund, *YEARS, **{narrowed: which}, staff=True)
    sent = [bid for bid in of_fund(session, world) if inside(cut, bid.submitted_at) and key(bid)]
    assert table(bids(cut, AT), "bids-by-state").totals[1] == len(sent) > 0


def test_a_past_day_shows_the_state_of_that_day(session: Session, world: World) -> None:
    bid = world.bids[18]
    for at, state in ((bid.created_at, S.SUBMITTED), (AT - timedelta(days=20), bid.state)):
        bid.state = state
        world.make.history(bid, "step", now=at, before="draft")
    start = london_date(bid.created_at)
    before = bids(Cut(world.fund, start, start), AT)
    assert [row[0] for row in table(before, "bids-by-state").rows] == ["New"]
    now = bids(Cut(world.fund, start, AT.date()), AT)
    assert STATE_WORDS[bid.state] in [row[0] for row in table(now, "bids-by-state").rows]


@pytest.mark.both_databases
@pytest.mark.parametrize("end", [AT.date(), date(2026, 3, 31)], ids=["now", "past"])
def test_every_figure_is_asked_of_both_databases(world: World, end: date) -> None:
    cut = Cut(world.fund, date(2025, 4, 1), end, 2, world.patch, "Attendance", Tier.TARGETED)
    for one in FIGURES:
        for whole in (cut, Cut(world.fund, date(2025, 4, 1), end)):
            part = one.of(whole, AT)
            assert part_from(part.to_json()) == part
