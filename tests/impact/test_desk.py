"""The impact officer's desk: what waits, what holds the closing of bids, and results by measure."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundflow.desk.work import waiting_for
from fundflow.extensions import db
from fundflow.impact import operations
from fundflow.impact.closing import ToClose
from fundflow.impact.desk import Wanted, desk_of
from fundflow.impact.feedback_asked import Asked
from fundflow.impact.measure_results import by_measure
from fundflow.models.bid_parts import PupilGroup, PupilGroupKind
from fundflow.models.impact import Rag
from fundflow.models.measure import Better, Measure
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import RoleName
from fundflow.steps import why_no_step
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.impact_return import ReturnKind, ReturnState
from tests.factories import Make
from tests.impact.conftest import LATER, MEASURED, Ended, SignIn, an_ended_bid, path
from tests.impact.test_versions import correct

pytestmark = pytest.mark.usefixtures("today")


def under(ended: Ended, title: str, wanted: Wanted | None = None) -> list[str]:
    """The bids under a heading of the desk."""
    found = desk_of(ended.impact_officer, LATER, *([wanted] if wanted else []))
    return [row.reference for heading in found if heading.title == title for row in heading.rows]


def accepted(make: Make, *, value: int = 76, supported: bool = False) -> Ended:
    ended = an_ended_bid(make, supported=supported)
    ended.write(value=value)
    ended.send()
    ended.accept(Rag.GREEN if value >= 73 else Rag.AMBER if value >= 66 else Rag.RED)
    return ended


def a_claim(ended: Ended, **facts: Any) -> Claim:
    values = {"number": 1, "kind": ClaimKind.BACKFILL, "state": ClaimState.SUBMITTED, "created_at": LATER}
    return Claim(school=ended.bid.lead_school, **(values | facts))


def holds_of(ended: Ended) -> list[tuple[str, str]]:
    for heading in desk_of(ended.impact_officer, LATER):
        for row in heading.rows:
            if isinstance(row, ToClose) and row.reference == ended.bid.reference:
                return [tuple(hold) for hold in row.holds]
    raise AssertionError("not on the desk")


@pytest.mark.both_databases
def test_a_bid_to_close_is_one_that_can_be_closed(make: Make) -> None:
    free, asked = accepted(make), accepted(make, supported=True)
    for ended in (free, asked):
        ended.bid.due_on = None
    db.session.commit()
    assert under(free, "To close") == [free.bid.reference]
    assert why_no_step(free.bid, "close", free.impact_officer, LATER) is None
    assert under(free, "Closing held") == [asked.bid.reference]
    ((why, place),) = holds_of(asked)
    assert why == why_no_step(asked.bid, "close", asked.impact_officer, LATER)
    assert why.startswith("Feedback is outstanding from Hazelmere Primary")
    assert place == "/impact"


def test_each_thing_that_holds_a_bid_leads_to_where_it_is_mended(make: Make, sign_in: SignIn) -> None:
    ended = accepted(make)
    ended.bid.claims.append(a_claim(ended))
    db.session.commit()
    correct(ended)
    ended.write(value=75)
    ended.send()
    assert holds_of(ended) == [
        ("The report was sent and has not been checked yet.", "/report/review"),
        ("A claim is still open.", "/money"),
    ]
    page = sign_in(ended.impact_officer).get("/impact").text
    assert f'href="{path(ended, "report/review")}"' in page
    assert f'href="{path(ended, "money")}"' in page
    assert under(ended, "To close") == []


def test_money_that_is_to_come_back_holds_a_bid_in_the_words_of_the_step(make: Make) -> None:
    ended = accepted(make)
    facts = {"state": ClaimState.PAID, "pence": 50_000, "paid_at": LATER, "paid_by_id": ended.officer.id}
    ended.bid.claims.append(a_claim(ended, **facts))
    db.session.commit()
    ((why, place),) = holds_of(ended)
    assert (why, place) == (why_no_step(ended.bid, "close", ended.impact_officer, LATER), "/money")
    assert why.startswith("Ask back £500.00")


def test_feedback_outstanding_says_since_when_and_how_often(make: Make, sign_in: SignIn) -> None:
    ended = an_ended_bid(make, supported=True)
    (feedback,) = ended.bid.feedback
    feedback.asked_at, feedback.chased_at = LATER - timedelta(days=20), LATER - timedelta(days=5)
    db.session.commit()
    rows = {heading.title: heading.rows for heading in desk_of(ended.impact_officer, LATER)}
    assert rows["Feedback outstanding"] == [
        Asked(ended.bid.reference, "Hazelmere Primary", feedback.asked_at, 1, feedback.chased_at)
    ]
    page = " ".join(sign_in(ended.impact_officer).get("/impact").text.split())
    assert "Once, last on 28 May 2027" in page


def test_late_reports_are_counted_by_rung(make: Make, sign_in: SignIn) -> None:
    bids = [an_ended_bid(make) for _ in range(3)]
    for ended, days in zip(bids, (3, 17, 40), strict=True):
        ended.report.state, ended.report.due_on = ReturnState.DUE, LATER.date() - timedelta(days=days)
    db.session.commit()
    page = " ".join(sign_in(bids[0].impact_officer).get("/impact").text.split())
    assert "1 is 1 to 9 working days late, 1 is 10 to 19 working days late, 1 is 20 or more" in page


def test_the_desk_is_narrowed_by_school_kind_and_fund(make: Make, sign_in: SignIn) -> None:
    one, other = an_ended_bid(make), an_ended_bid(make)
    one.bid.lead_school.name = "Zed Primary"
    for ended in (one, other):
        ended.report.state, ended.report.submitted_at = ReturnState.SUBMITTED, LATER
    db.session.commit()
    both = {one.bid.reference, other.bid.reference}
    assert set(under(one, "To check")) == both
    assert under(one, "To check", Wanted(school="zéd primary")) == [one.bid.reference]
    assert under(one, "To check", Wanted(school="z%x")) == []
    assert under(one, "To check", Wanted(kind=ReturnKind.INTERIM)) == []
    assert under(one, "To check", Wanted(fund=one.bid.fund_id)) == [one.bid.reference]  # each has its own
    assert under(one, "To check", Wanted(fund=999)) == []
    client = sign_in(one.impact_officer)
    page = client.get("/impact?school=zed&kind=final").text
    assert one.bid.reference in page
    assert other.bid.reference not in page
    for address in ("/impact?kind=no&fund=x&school=%00", "/impact?fund=99999999999999999999"):
        assert client.get(address).status_code == 200


def test_a_heading_shows_25_and_leads_to_all(make: Make, sign_in: SignIn) -> None:
    first = an_ended_bid(make)
    for _ in range(26):
        make.session.add(
            type(first.report)(
                bid=make.bid(state=first.bid.state, lead=first.bid.lead_school, leader=first.head),
                kind=ReturnKind.INTERIM,
                state=ReturnState.SUBMITTED,
                due_on=MEASURED,
            )
        )
    db.session.commit()
    client: FlaskClient = sign_in(first.impact_officer)
    page = client.get("/impact").text
    assert page.count("interim-report/review") == 25
    assert "/impact/waiting/to-check" in page
    assert client.get("/impact/waiting/to-check").text.count("interim-report/review") == 26
    assert client.get("/impact/waiting/nothing").status_code == 404


def test_an_empty_desk_says_so(make: Make, sign_in: SignIn) -> None:
    client = sign_in(make.staff(RoleName.IMPACT_OFFICER))
    assert client.get("/impact").text.count("Nothing waits here now.") == 1
    page = client.get("/impact?school=zed").text
    assert page.count("Nothing here matches.") == 1
    assert "Nothing waits" not in page


# -- results by measure ----------------------------------------------------------------------------------


@pytest.fixture
def measure(make: Make) -> Measure:
    ended = an_ended_bid(make)
    found = Measure(
        fund=ended.bid.fund, name="Phonics", unit="%", better=Better.UP, method="Check", source="DfE"
    )
    db.session.add(found)
    db.session.commit()
    return found


def measured(make: Make, measure: Measure, value: int, pupils: int | None = None) -> Ended:
    ended = an_ended_bid(make)
    ended.bid.outcomes[0].measure_id = measure.id
    for group in list(ended.bid.pupil_groups):
        db.session.delete(group)
    db.session.flush()
    if pupils:
        ended.bid.pupil_groups.append(PupilGroup(group=ended.bid.outcomes[0].group, count=pupils))
    db.session.commit()
    ended.write(value=value)
    ended.send()
    ended.accept(Rag.GREEN if value >= 73 else Rag.AMBER if value >= 66 else Rag.RED)
    return ended


@pytest.mark.both_databases
def test_results_are_added_up_by_measure(make: Make, measure: Measure, sign_in: SignIn) -> None:
    one, two = measured(make, measure, 76, 30), measured(make, measure, 67, 20)
    accepted(make)  # in words of its own
    gap = measured(make, measure, 76)
    gap.bid.outcomes[0].compared_with = "All others"
    db.session.commit()
    results, gaps = by_measure(one.impact_officer, LATER)
    assert (results.bids, results.pupils, gaps.bids, gaps.pupils) == (2, 50, 1, 0)
    means = [results.mean(name) for name in ("baseline", "target", "actual", "movement")]
    assert means == [58, 76, Decimal("71.5"), 75]
    client = sign_in(one.impact_officer)
    page = " ".join(client.get("/impact/measures").text.split())
    assert "71.5" in page
    assert "Better when it rises" in page
    behind = client.get(f"/impact/measures/{measure.id}").text
    for ended in (one, two, gap):
        assert path(ended, "report/review") in behind
    assert client.get("/impact/measures/999").status_code == 404


def test_a_corrected_version_counts_once_and_alone(make: Make, measure: Measure) -> None:
    ended = measured(make, measure, 76)
    correct(ended)
    ended.write(value=67)
    (before,) = by_measure(ended.impact_officer, LATER)
    assert before.mean("actual") == 76  # until the corrected one is accepted
    ended.send()
    ended.accept(Rag.AMBER)
    (after,) = by_measure(ended.impact_officer, LATER)
    assert (len(after.rows), after.mean("actual")) == (1, 67)


def test_of_several_reports_the_latest_counts(make: Make, measure: Measure) -> None:
    ended = measured(make, measure, 67)
    report = ended.report
    later = type(report)(
        bid=ended.bid,
        kind=ReturnKind.FOLLOW_UP,
        state=ReturnState.ACCEPTED,
        rag=Rag.GREEN,
        due_on=MEASURED,
        actuals=[
            operations.Actual(outcome_id=ended.bid.outcomes[0].id, value=Decimal(80), measured_on=MEASURED)
        ],
    )
    db.session.add(later)
    db.session.commit()
    (found,) = by_measure(ended.impact_officer, LATER)
    assert [row.actual for row in found.rows] == [80]


def test_a_pupil_group_with_two_outcomes_is_counted_once(make: Make, measure: Measure) -> None:
    ended = measured(make, measure, 76, 30)
    assert ended.bid.outcomes[0].group in PupilGroupKind
    (found,) = by_measure(ended.impact_officer, LATER)
    assert found._replace(rows=[*found.rows, found.rows[0]]).pupils == 30


def test_nobody_outside_reads_them(make: Make, measure: Measure, sign_in: SignIn) -> None:
    ended = measured(make, measure, 76)
    for address in ("/impact/measures", f"/impact/measures/{measure.id}", "/impact/waiting/late"):
        assert sign_in(ended.head).get(address).status_code == 403


# -- My work ---------------------------------------------------------------------------------------------


def test_each_report_is_a_row_of_my_work_with_its_own_name_and_date(make: Make) -> None:
    ended = an_ended_bid(make)
    later = type(ended.report)(kind=ReturnKind.FOLLOW_UP, state=ReturnState.DUE, due_on=MEASURED)
    ended.bid.returns.append(later)
    db.session.commit()
    rows = {line.what: line.due_on for line in waiting_for(ended.head, LATER).lines}
    assert rows["Final report: tell us what changed"] == ended.report.due_on
    assert rows["Follow-up report: tell us what has lasted"] == MEASURED
    staff = {line.what: line.due_on for line in waiting_for(ended.impact_officer, LATER).lines}
    assert staff["Chase a late follow-up report"] == MEASURED
    assert "Chase a late interim report" not in staff


def test_my_work_leads_to_the_report_that_is_to_be_checked(make: Make) -> None:
    ended = an_ended_bid(make)
    ended.write()
    ended.send()
    (line,) = waiting_for(ended.impact_officer, LATER).lines
    assert (line.what, line.path) == ("Check the final report", path(ended, "report/review"))


def test_a_bid_is_on_my_work_to_close_only_where_nothing_holds_it(make: Make) -> None:
    ended = accepted(make, supported=True)

    def is_to_close() -> bool:
        return "Close the bid" in {line.what for line in waiting_for(ended.impact_officer, LATER).lines}

    assert not is_to_close()
    ended.bid.feedback[0].chased_again_at = LATER
    db.session.commit()
    assert is_to_close()
    claim = a_claim(ended)
    ended.bid.claims.append(claim)
    db.session.commit()
    assert not is_to_close()


def test_a_school_is_not_asked_for_reports_that_are_not_open_yet(make: Make, sign_in: SignIn) -> None:
    ended = an_ended_bid(make)
    due = LATER.date() + timedelta(days=300)
    ended.bid.returns.append(type(ended.report)(kind=ReturnKind.FOLLOW_UP, due_on=due))
    db.session.commit()
    page = sign_in(ended.head).get(path(ended, "impact")).text
    assert "Write the final report" in page
    assert "Write the follow-up report" not in page
    assert sign_in(ended.head).get(path(ended, "follow-up-report")).status_code == 302
    ended.bid.state = BidState.IN_DELIVERY
    db.session.commit()
    page = sign_in(ended.head).get(path(ended, "impact")).text
    assert "Agree and send report" not in page
    assert "Write the" not in page


def test_a_bid_says_that_its_report_is_accepted(make: Make, sign_in: SignIn) -> None:
    ended, words = an_ended_bid(make), "Report accepted: to close"
    ended.write()
    ended.send()
    client = sign_in(ended.impact_officer)
    for place in ("/bids", path(ended, "impact")):
        assert words not in client.get(place).text
    ended.accept()
    for place in ("/bids", path(ended, "impact")):
        assert words in client.get(place).text
    assert "We have accepted your report" in sign_in(ended.head).get("/bids").text
    correct(ended)
    for place in ("/bids", path(ended, "impact")):
        assert words not in sign_in(ended.impact_officer).get(place).text
