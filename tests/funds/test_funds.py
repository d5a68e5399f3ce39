"""Funds: settings, money in and out, setting one up."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from fundflow import ledger
from fundflow.funds.open_work import open_work
from fundflow.funds.operations import funds, priorities, rounds
from fundflow.models.fund import Allocation, Decider, Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.money import financial_year
from fundflow.models.person import RoleName, SeatPosition
from fundflow.models.school import SchoolKind
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.order import OrderState
from tests.funds.conftest import settings

YEAR = financial_year(datetime.now(UTC).date())


def line(fund, **changes):
    return {
        "version": fund.version,
        "source": "Schools forum",
        "minute_reference": "Item 7",
        "year": str(YEAR),
        "pays": ["maintained", "academy"],
        "pence": "£49,500.00",
        **changes,
    }


# -- the page -------------------------------------------------------------------------------------


def test_a_funds_page_shows_the_worked_figures_of_each_line(as_admin, make, fund, session):
    make.bid(state=BidState.IN_DELIVERY, fund=fund)
    make.bid(state=BidState.OFFERED, fund=fund)
    page = as_admin.get(f"/funds/{fund.id}").text
    for figure in ("£150,000.00", "£3,000.00", "£144,000.00", "Schools forum, 2026/27"):
        assert figure in page
    assert "Rolling round" in page
    assert "Early reading" in page
    listed = as_admin.get("/funds").text
    assert "£144,000.00" in listed


def test_an_empty_fund_says_what_is_missing(as_admin, make):
    empty = make.fund(allocated=0)
    page = as_admin.get(f"/funds/{empty.id}").text
    assert "There is no money in this fund yet" in page
    assert "There is no round: schools can’t bid yet" in page
    assert as_admin.get("/funds").status_code == 200


def test_an_auditor_reads_a_fund_and_is_offered_no_change(make, sign_in, fund):
    page = sign_in(make.staff(RoleName.AUDITOR)).get(f"/funds/{fund.id}").text
    assert "Change the settings" not in page
    assert ">Cut" not in page


def test_the_pages_cost_the_same_queries_however_much_there_is(as_admin, make, fund, count_queries):
    def cost(path):
        make.session.expire_all()
        count_queries.clear()
        assert as_admin.get(path).status_code == 200
        return len(count_queries)

    make.round(fund)
    few = [cost("/funds"), cost(f"/funds/{fund.id}")]
    for _ in range(10):
        make.round(fund)
        make.allocation(fund, 1_000)
        make.fund()
    assert few == [cost("/funds"), cost(f"/funds/{fund.id}")]
    assert max(few) <= 13


# -- settings -------------------------------------------------------------------------------------


def test_settings_are_typed_in_pounds_kept_in_pence_and_noted(as_admin, fund, session):
    answer = as_admin.post(
        f"/funds/{fund.id}/settings",
        data=settings(
            fund,
            full_from_pence="£7,500.50",
            holds_decision_letters="y",
            decider="authorised_officer",
            officer_limit_pence="10000",
            delegation="Scheme of delegation 4.2",
            offer_days="20",
        ),
    )
    assert answer.status_code == 302
    assert fund.full_from_pence == 750_050
    assert (fund.decider, fund.officer_limit_pence) == (Decider.AUTHORISED_OFFICER, 1_000_000)
    assert (fund.holds_decision_letters, fund.offer_days, fund.version) == (True, 20, 2)
    entry = session.scalar(select(HistoryEntry).where(HistoryEntry.process == "fund"))
    assert entry.given["full_from_pence"] == [500_000, 750_050]
    assert "bid_cap_pence" not in entry.given
    page = as_admin.get(f"/funds/{fund.id}").text
    assert "£7,500.50" in page
    assert "An authorised officer, on the panel’s recommendation" in page


def test_saving_the_settings_page_as_it_came_changes_no_setting(as_admin, fund, session):
    page = as_admin.get(f"/funds/{fund.id}/settings").text
    assert 'value="5000"' in page
    assert as_admin.post(f"/funds/{fund.id}/settings", data=settings(fund)).status_code == 302
    assert session.scalar(select(HistoryEntry).where(HistoryEntry.process == "fund")) is None


def test_a_stale_settings_page_changes_nothing_and_keeps_what_was_typed(as_admin, fund):
    stale = settings(fund, name="My name for it")
    as_admin.post(f"/funds/{fund.id}/settings", data=settings(fund, name="Their name for it"))
    answer = as_admin.post(f"/funds/{fund.id}/settings", data=stale)
    assert answer.status_code == 409
    assert "Somebody changed this" in answer.text
    assert "My name for it" in answer.text
    assert fund.name == "Their name for it"


def test_floors_and_outcomes_that_call_for_a_concern_are_settings(as_admin, fund, make):
    make.measure(fund, name="Reading")
    make.session.commit()
    given = settings(fund, concern_floors="Spelling: 60", concern_outcomes="overall:Inadequate")
    refused = as_admin.post(f"/funds/{fund.id}/settings", data=given)
    assert refused.status_code == 409
    assert "This fund has no measure called “Spelling”." in refused.text
    as_admin.post(f"/funds/{fund.id}/settings", data={**given, "concern_floors": "Reading: 60"})
    assert (fund.concern_floors, fund.concern_outcomes) == ("Reading: 60", ["overall:Inadequate"])
    shown = as_admin.get(f"/funds/{fund.id}").text
    assert "Overall grade, September 2019 to August 2024: Inadequate" in shown


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter the name of the fund"),
        ({"full_from_pence": "lots"}, "and approver’s signature, from: the amount must be a number"),
        ({"full_from_pence": "1" * 30}, "must be a number"),
        ({"bid_cap_pence": "-5"}, "must be between"),
        ({"lean_advance_percent": "101"}, "must be between 0 and 100"),
        ({"letter_days": "0"}, "must be between 1 and 250"),
        ({"offer_days": ""}, "working days"),
        ({"decider": "me"}, "Select one of the answers in the list"),
        ({"decider": "authorised_officer"}, "Enter the delegation"),
        ({"delegation": "x" * 301}, "300 characters or fewer"),
        ({"concern_floors": "Reading\nMaths: 6\nGap: many"}, "Put right: “Reading” and “Gap: many”"),
        ({"concern_outcomes": "overall:Splendid"}, "Select one of the answers in the list"),
    ],
)
def test_a_bad_setting_is_answered_in_words(as_admin, fund, changes, sentence):
    answer = as_admin.post(f"/funds/{fund.id}/settings", data=settings(fund) | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert fund.version == 1


# -- money ----------------------------------------------------------------------------------------


def test_a_line_puts_money_into_the_fund(as_admin, fund, session):
    assert as_admin.post(f"/funds/{fund.id}/lines/add", data=line(fund)).status_code == 302
    newest = session.scalars(select(Allocation).order_by(Allocation.id.desc())).first()
    assert (newest.pays, newest.carries_forward) == (["maintained", "academy"], False)
    assert not newest.may_pay(SchoolKind.OTHER, YEAR)
    assert ledger.totals(fund.id).allocated == 19_950_000


def test_a_line_says_what_it_is_charged_to(as_admin, fund, session):
    codes = {"cost_centre": "EDU-4711", "subjective": "63100"}
    assert as_admin.post(f"/funds/{fund.id}/lines/add", data=line(fund) | codes).status_code == 302
    newest = session.scalars(select(Allocation).order_by(Allocation.id.desc())).first()
    assert (newest.cost_centre, newest.subjective) == ("EDU-4711", "63100")
    page = as_admin.get(f"/funds/{fund.id}").text
    assert "Charged to cost centre EDU-4711, subjective 63100." in page
    assert page.count("Charged to") == 1  # not of the line that says nothing


def test_the_same_line_posted_twice_is_added_once(as_admin, fund):
    data = line(fund)
    codes = [as_admin.post(f"/funds/{fund.id}/lines/add", data=data).status_code for _ in range(2)]
    assert codes == [302, 409]
    assert ledger.totals(fund.id).allocated == 19_950_000


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"source": ""}, "Enter where the money comes from"),
        ({"pays": []}, "Select which schools"),
        ({"pays": ["dogs"]}, "Select one of the answers"),
        ({"year": "1066"}, "Select one of the answers"),
        ({"year": "nonsense"}, "Select one of the answers"),
        ({"pence": "0"}, "must be between"),
        ({"pence": "99999999999"}, "must be between"),
        ({"minute_reference": "x" * 121}, "120 characters"),
        ({"cost_centre": "x" * 41}, "40 characters"),
        ({"subjective": "12-34-56"}, "Bank details are never kept here"),
    ],
)
def test_a_bad_line_is_answered_in_words(as_admin, fund, changes, sentence):
    answer = as_admin.post(f"/funds/{fund.id}/lines/add", data=line(fund) | changes)
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.both_databases
def test_a_cut_is_shown_before_it_is_made(as_admin, make, fund, session):
    make.bid(state=BidState.IN_DELIVERY, fund=fund)
    session.commit()
    place = f"/funds/{fund.id}/lines/{fund.allocations[0].id}/cut"
    data = {"version": fund.version, "pence": "149000", "minute": "Item 9"}
    sure = as_admin.post(place, data=data)
    assert sure.status_code == 200
    assert "Are you sure you want to cut £149,000.00?" in sure.text
    assert "−£2,000.00" in sure.text
    assert ledger.totals(fund.id).allocated == 15_000_000
    assert as_admin.post(place, data=data | {"sure": "yes"}).status_code == 302
    assert ledger.totals(fund.id).free == -200_000
    page = as_admin.get(f"/funds/{fund.id}").text
    assert 'ff-late">−£2,000.00' in page
    assert "Item 9" in page


def test_more_than_was_allocated_can_not_be_cut(as_admin, fund):
    place = f"/funds/{fund.id}/lines/{fund.allocations[0].id}/cut"
    data = {"version": fund.version, "pence": "150000.01", "minute": "Item 9", "sure": "yes"}
    answer = as_admin.post(place, data=data)
    assert answer.status_code == 422
    assert "This line holds £150,000.00" in answer.text
    assert as_admin.post(place, data=data | {"pence": "150000"}).status_code == 302
    assert ledger.totals(fund.id).allocated == 0


def test_the_ledger_is_asked_again_when_the_cut_is_made(make, fund, now, session):
    admin = make.staff(RoleName.ADMINISTRATOR)
    session.commit()
    with pytest.raises(Refused, match="no more than that can be cut"):
        funds.cut_allocation(
            fund.allocations[0], pence=15_000_001, minute="m", version=fund.version, user=admin, now=now
        )


def test_a_cut_without_a_minute_is_refused_even_when_sure(as_admin, fund):
    place = f"/funds/{fund.id}/lines/{fund.allocations[0].id}/cut"
    answer = as_admin.post(place, data={"version": 1, "pence": "1", "minute": "", "sure": "yes"})
    assert answer.status_code == 422
    assert ledger.totals(fund.id).allocated == 15_000_000


def test_another_funds_line_or_round_is_not_found(as_admin, make, fund):
    other = make.fund()
    round_ = make.round(other)
    for path in (
        f"lines/{other.allocations[0].id}/cut",
        f"rounds/{round_.id}",
        f"rounds/{round_.id}/priorities/add",
        "lines/99999999999999999999/cut",
    ):
        assert as_admin.get(f"/funds/{fund.id}/{path}").status_code == 404
    assert as_admin.get("/funds/99999999999999999999").status_code == 404


# -- new funds, and who may -------------------------------------------------------------------------


def test_a_fund_is_set_up_with_the_default_settings(as_admin, session):
    data = {"name": "Reading Fund", "council": "Brackenford", "la_code": "899", "prefix": "read"}
    assert as_admin.post("/funds/new", data=data).status_code == 302
    fund = session.scalar(select(Fund).where(Fund.prefix == "READ"))
    assert (fund.full_from_pence, fund.offer_days, fund.decider) == (500_000, 15, Decider.PANEL)
    answer = as_admin.post("/funds/new", data=data)
    assert answer.status_code == 409
    assert "Another fund’s references begin with READ" in answer.text
    assert as_admin.post("/funds/new", data=data | {"la_code": "9"}).status_code == 422
    assert as_admin.post("/funds/new", data=data | {"prefix": "1-2"}).status_code == 422


@pytest.mark.both_databases
def test_the_command_line_sets_a_fund_up_and_fills_it(app, session):
    run = app.test_cli_runner().invoke
    add = ["funds", "add", "Command Fund", "--council", "Slough", "--la-code", "871", "--prefix"]
    assert run(args=[*add, "CMD"]).exit_code == 0
    assert "Another fund" in run(args=[*add, "CMD"]).output
    assert run(args=[*add, "no"]).exit_code == 2
    fill = ["funds", "allocate", "CMD", "49,500.00", "--source", "Top-up", "--minute", "Item 3"]
    answer = run(args=[*fill, "--year", "2026", "--pays", "maintained"])
    assert answer.exit_code == 0, answer.output
    fund = session.scalar(select(Fund).where(Fund.prefix == "CMD"))
    assert ledger.totals(fund.id).allocated == 4_950_000
    assert (fund.allocations[0].pays, fund.allocations[0].financial_year) == (["maintained"], 2026)
    assert run(args=[*fill[:3], "lots", *fill[4:]]).exit_code == 2
    assert "There is no fund" in run(args=["funds", "allocate", "X", *fill[3:]]).output
    charged = [*fill, "--cost-centre", "EDU-4711", "--subjective", "63100"]
    assert run(args=charged).exit_code == 0
    newest = session.scalars(select(Allocation).order_by(Allocation.id.desc())).first()
    assert newest.charged_words == "cost centre EDU-4711, subjective 63100"
    for wrong in ("x" * 41, "12-34-56"):
        assert run(args=[*fill, "--cost-centre", wrong]).exit_code == 2


def test_an_administrator_of_another_fund_changes_nothing_here(make, sign_in, fund, now, session):
    one = make.user()
    make.role(one, RoleName.ADMINISTRATOR, fund=make.fund())
    session.commit()
    client = sign_in(one)
    assert client.post(f"/funds/{fund.id}/settings", data=settings(fund, name="Mine")).status_code == 409
    assert client.post(f"/funds/{fund.id}/lines/add", data=line(fund)).status_code == 409
    assert (
        client.post(
            "/funds/new", data={"name": "F", "council": "C", "la_code": "899", "prefix": "FF"}
        ).status_code
        == 409
    )
    assert fund.name != "Mine"


def test_each_operation_asks_whether_one_may(make, fund, now, session):
    clerk, round_ = make.staff(RoleName.CLERK), make.round(fund)
    session.commit()
    common = {"version": fund.version, "user": clerk, "now": now}
    acts = [
        lambda: funds.change_settings(fund, {"name": "x"}, **common),
        lambda: funds.cut_allocation(fund.allocations[0], pence=1, minute="m", **common),
        lambda: priorities.add_priority(round_, title="x", **common),
        lambda: rounds.add_round(fund, name="x", opens_at=None, closes_at=None, guidance="", **common),
        lambda: rounds.change_round(round_, name="x", opens_at=None, closes_at=None, guidance="", **common),
        lambda: funds.add_allocation(
            fund,
            source="s",
            minute_reference="m",
            financial_year=2026,
            pays=[],
            carries_forward=False,
            pence=1,
            **common,
        ),
        lambda: funds.create_fund(name="n", council="c", la_code="899", prefix="ZZ", user=clerk, now=now),
    ]
    for act in acts:
        with pytest.raises(Refused):
            act()
        session.rollback()


PAGES = (
    "/funds",
    "/funds/{f}",
    "/funds/new",
    "/funds/{f}/settings",
    "/funds/{f}/lines/add",
    "/funds/{f}/lines/{l}/cut",
    "/funds/{f}/rounds/add",
    "/funds/{f}/rounds/{r}",
    "/funds/{f}/rounds/{r}/priorities/add",
)


@pytest.mark.parametrize("path", PAGES)
def test_administrators_open_each_page_auditors_read_and_others_neither(
    as_admin, make, sign_in, fund, client, path
):
    readable = path in PAGES[:2]
    path = path.format(f=fund.id, l=fund.allocations[0].id, r=make.round(fund).id)
    assert as_admin.get(path).status_code == 200
    assert sign_in(make.staff(RoleName.AUDITOR)).get(path).status_code == (200 if readable else 403)
    others = [make.staff(role) for role in RoleName if role not in (RoleName.ADMINISTRATOR, RoleName.AUDITOR)]
    others += [make.member(make.school()), make.user(), make.seat(fund, position=SeatPosition.CHAIR).user]
    for user in others:
        assert sign_in(user).get(path).status_code == 403
        assert client.post(path).status_code in (403, 405)
    assert sign_in(None).get(path).status_code == 302


def test_a_part_that_is_switched_off_says_what_is_under_way_in_it(as_admin, make, fund, session):
    officer, school = make.staff(RoleName.OFFICER), make.school()
    for name in ("sells_services", "keeps_caseloads", "has_advisers"):
        setattr(fund, name, True)
    service = make.service(fund)
    for state in (OrderState.PLACED, OrderState.AGREED, OrderState.DECLINED):
        make.order(service, school, state=state)
    make.order(make.service(other := make.fund(sells_services=True)), school, state=OrderState.PLACED)
    make.concern(fund, school, officer)
    session.commit()
    assert open_work(fund) == {"sells_services": "2 orders", "keeps_caseloads": "1 concern"}
    page = as_admin.get(f"/funds/{fund.id}/settings").text
    assert "not the fund’s money. Under way: 2 orders." in page
    other.sells_services = False
    session.commit()
    assert open_work(other) == {}
    assert "Under way" not in as_admin.get(f"/funds/{other.id}/settings").text


def test_errors_of_the_settings_come_in_the_order_of_the_page(as_admin, fund):
    wrong = settings(fund) | {"concern_floors": "none", "pays_by": "x", "name": "", "officer_days": "x"}
    page = as_admin.post(f"/funds/{fund.id}/settings", data=wrong).text
    summary = re.findall(r'<a href="#([a-z_]+)[-0-9]*">', page)
    assert summary == ["name", "pays_by", "concern_floors", "officer_days"]
