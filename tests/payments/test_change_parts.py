"""Changes of an award: new lines and rates, outcomes one by one, schools that join or leave."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from werkzeug.datastructures import MultiDict

from fundflow import ledger
from fundflow.desk.caseload import page_and_total
from fundflow.desk.exports import _schools
from fundflow.desk.filters import BidFilters, Reader
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, PupilGroupKind
from fundflow.models.change import ChangeNewLine, ChangeOutcome, ChangePartner, ChangeRequest
from fundflow.models.fund import PaysBy
from fundflow.models.letter import Letter
from fundflow.models.measure import Better, Measure
from fundflow.models.person import Membership, RoleName, Standing, User
from fundflow.models.school import School
from fundflow.payments import changes
from fundflow.payments.change_parts import Joins, NewLine, NewOutcome, OutcomeTo
from fundflow.permissions import visible_to
from fundflow.reports.queries import Wanted, awards
from fundflow.rules.award_sums import sum_of
from fundflow.rules.change_requests import version_of
from fundflow.rules.change_words import differences
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.invoices import invoice_lines
from fundflow.workflow.change_request import ChangeState
from fundflow.workflow.engine import Refused
from tests.factories import Make
from tests.payments.conftest import LATER, Award, SignIn, an_award
from tests.payments.test_changes import act, agreed_by_all, ask, date_of, decider, form_of, line, told

pytestmark = pytest.mark.usefixtures("today")

S = ChangeState
FROM = date(2027, 1, 11)  # from which the other rate holds


def at_another_rate(award: Award, **values: Any) -> NewLine:
    """Two days of the reading lead at £300 a day from 11 January."""
    provider = award.bid.providers[0]
    new = NewLine(
        provider.id, "Reading lead", staff_code="rl1", half_days=4, day_rate_pence=30_000, from_on=FROM
    )
    return new._replace(**values)


def new_rate(award: Award, **values: Any) -> ChangeRequest:
    """Four days of the reading lead stay at £350 a day, two are worked for less: £100 less in all."""
    lines = line(award, 0, 8)
    return ask(award, lines=lines, new_lines=[at_another_rate(award)], pence=290_000, **values)


# -- lines and rates -----------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_days_at_another_rate_stay_within_a_school_and_the_officer_agrees(award: Award) -> None:
    change = agreed_by_all(award, new_rate(award))
    assert change.state is S.WITH_OFFICER
    row = next(found for found in differences(change) if found.before == "Not in the award")
    assert (row.what, row.after) == (
        f"Reading lead, RL1, {award.bid.providers[0].name}",
        "2 days at £300.00 a day from 11 January 2027, £600.00",
    )
    act(changes.agree, change, award.officer)
    made = award.bid.awards[-1]
    assert [(one.staff_code, one.half_days, one.pence) for one in made.lines if one.is_days] == [
        ("RL1", 8, 140_000),
        ("T1", 5, 84_000),
        ("RL1", 4, 60_000),
    ]
    assert ledger.bid_totals(award.bid.id).released == 10_000


def test_each_day_is_earned_at_the_rate_of_the_day_on_which_it_was_worked(award: Award) -> None:
    award.worked(date(2027, 1, 6))
    act(changes.agree, agreed_by_all(award, new_rate(award)), award.officer)
    assert sum_of(award.bid).whole.earned == 35_000
    with pytest.raises(Refused, match=r"^This rate holds from 11 January 2027"):
        award.log(date(2027, 1, 8), line=2)
    with pytest.raises(Refused, match=r"^Another rate holds from 11 January 2027"):
        award.log(date(2027, 1, 12), line=0)
    award.make.session.rollback()
    award.worked(date(2027, 1, 8))  # logged late, and still at the rate before
    award.worked(date(2027, 1, 12), line=2)
    assert sum_of(award.bid).whole.earned == 35_000 + 35_000 + 30_000
    assert award.ask().pence == 100_000


def test_a_rate_does_not_change_what_is_logged(award: Award) -> None:
    award.worked(date(2027, 1, 12))
    with pytest.raises(Refused, match=r"^A day of RL1 on 12 January 2027 is logged at the rate before"):
        new_rate(award)


def test_a_new_line_keeps_to_the_rate_of_its_grade(award: Award) -> None:
    grade = award.make.grade(
        award.bid.fund, title="Classroom assistant", cap_pence=20_000, standard_rated=True
    )
    dear = at_another_rate(award, staff_code="CA1", grade_id=grade.id, from_on=None)
    with pytest.raises(Refused, match=r"^The most a day for Classroom assistant is £200\.00"):
        ask(award, lines=line(award, 0, 8), new_lines=[dear], pence=290_000)
    change = agreed_by_all(
        award,
        ask(award, lines=line(award, 0, 8), new_lines=[dear._replace(day_rate_pence=20_000)], pence=270_000),
    )
    act(changes.agree, change, award.officer)
    award.bid.fund.pays_by = PaysBy.PURCHASE
    award.worked(date(2027, 1, 12), line=2)
    (billed,) = invoice_lines(award.ask(), LATER.date())
    assert (billed.staff_code, billed.rate) == ("CA1", 2000)  # VAT follows the new line’s grade


def test_more_days_at_a_dearer_rate_are_more_money_for_the_panel(award: Award) -> None:
    dear = at_another_rate(award, staff_code="DH1", what="Deputy head", day_rate_pence=35_000, from_on=None)
    with pytest.raises(Refused, match="the award’s budget is £3,000"):
        ask(award, new_lines=[dear])
    change = agreed_by_all(award, ask(award, new_lines=[dear], pence=370_000))
    assert (change.more, change.state) == (True, S.WITH_OFFICER)


def test_another_cost_of_the_lead_school_moves_money_between_schools(award: Award) -> None:
    venue = NewLine(award.bid.lead_school_id, "Venue", pence=35_000)
    change = agreed_by_all(award, ask(award, lines=line(award, 0, 10), new_lines=[venue]))
    assert change.state is S.WITH_DECIDER
    act(changes.agree, change, decider(award))
    assert award.spend(35_000, line=1).line.what == "Venue"


def test_a_school_that_takes_no_part_has_no_line(make: Make, award: Award) -> None:
    stranger = at_another_rate(award, school_id=make.school("Elmwood").id, staff_code="X1", from_on=None)
    with pytest.raises(Refused, match=r"^Elmwood does not take part"):
        ask(award, lines=line(award, 0, 8), new_lines=[stranger])


# -- outcomes ------------------------------------------------------------------------------------------


def attendance() -> NewOutcome:
    return NewOutcome(
        measure="Attendance",
        unit="%",
        group=PupilGroupKind.ALL,
        method="Register",
        baseline=Decimal(91),
        baseline_on=date(2026, 12, 1),
        target=Decimal(94),
        target_on=date(2027, 5, 17),
    )


@pytest.mark.both_databases
def test_outcomes_change_one_by_one_and_the_report_asks_for_them_as_agreed(
    award: Award, sign_in: SignIn
) -> None:
    (first,) = award.bid.outcomes
    was, day = first.target, date(2027, 6, 30)
    wanted = {"measured": [OutcomeTo(first.id, Decimal(72), day)], "new_outcomes": [attendance()]}
    change = ask(award, **wanted)
    assert change.state is S.WITH_DECIDER
    assert [found.target for found in award.bid.outcomes] == [was]  # until it is agreed
    act(changes.agree, change, decider(award))
    assert [(o.measure, o.target) for o in award.bid.outcomes] == [
        (first.measure, 72),
        ("Attendance", 94),
    ]
    page = sign_in(award.head).get(f"/bids/{award.bid.reference}/impact").text
    assert "72" in page
    assert f"{was.normalize():f}% by" in page  # as it was before
    assert "Attendance" in sign_in(award.head).get(change.path).text
    assert f"Outcome: {first.measure}: {was.normalize():f}%" in told(award, "agree")["school"].body


def test_an_outcome_that_is_dropped_is_asked_for_no_more(award: Award) -> None:
    (first,) = award.bid.outcomes
    drop = OutcomeTo(first.id, first.target, first.target_on, dropped=True)
    with pytest.raises(Refused, match="Keep one outcome at least"):
        ask(award, measured=[drop])
    act(
        changes.agree,
        ask(award, measured=[drop], new_outcomes=[attendance()]),
        decider(award),
    )
    assert [found.measure for found in award.bid.outcomes] == ["Attendance"]
    assert (first.dropped_on, first.bid_id) == (LATER.date(), award.bid.id)


@pytest.mark.parametrize(
    ("target", "day", "why"),
    [
        (76, None, "Nothing changes"),
        (58, None, "must differ from its baseline"),
        (72, date(2026, 6, 30), "must be after that of its baseline"),
        (72, date(2028, 5, 18), "must be within 12 months of the support’s end, 17 May 2027"),
    ],
)
def test_a_target_is_as_the_form_of_a_bid_has_it(
    award: Award, target: int, day: date | None, why: str
) -> None:
    (first,) = award.bid.outcomes
    with pytest.raises(Refused, match=why):
        ask(award, measured=[OutcomeTo(first.id, Decimal(target), day or first.target_on)])


def a_measure(award: Award) -> Measure:
    measure = Measure(fund=award.bid.fund, name="Reading age", unit="months", better=Better.UP, method="Test")
    measure.least, measure.greatest = Decimal(0), Decimal(300)
    award.make.session.add(measure)
    award.make.session.commit()
    return measure


def test_an_added_outcome_is_of_the_funds_library_or_a_gap(award: Award) -> None:
    measure = a_measure(award)
    picked = attendance()._replace(measure_id=measure.id, measure="", unit="", method="")
    with pytest.raises(Refused, match="between 0"):
        ask(award, new_outcomes=[picked._replace(target=Decimal(301))])
    award.make.session.rollback()
    with pytest.raises(Refused, match=r"better when it rises: enter a target above the baseline\.$"):
        ask(award, new_outcomes=[picked._replace(target=Decimal(90))])
    award.make.session.rollback()
    gap = attendance()._replace(compared_with="all other pupils", baseline=Decimal(-12), target=Decimal(-4))
    change = ask(award, new_outcomes=[picked, gap])
    act(changes.agree, change, decider(award))
    _first, library, own = award.bid.outcomes
    assert (library.library, library.measure, library.unit, library.method) == (
        measure,
        "Reading age",
        "months",
        "Test",
    )
    assert (own.library, own.is_gap, own.target) == (None, True, -4)
    assert "compared with all other pupils" in told(award, "agree")["school"].body


def test_a_measure_that_the_fund_does_not_offer_is_not_picked(award: Award) -> None:
    a_measure(award).retired = True
    with pytest.raises(Refused, match="Select a measure that the fund offers"):
        ask(award, new_outcomes=[attendance()._replace(measure_id=1)])


def test_a_measure_is_picked_on_the_page(award: Award, sign_in: SignIn) -> None:
    measure = a_measure(award)
    rows = {
        "added": "1",
        "measure_id_o0": str(measure.id),
        "group_o0": "all",
        "baseline_o0": "91",
        "target_o0": "94",
        **date_of("baseline_on_o0", date(2026, 12, 1)),
        **date_of("target_on_o0", date(2027, 5, 17)),
    }
    page = sign_in(award.head).post(
        f"/bids/{award.bid.reference}/changes/new", data=form_of(award, **rows), follow_redirects=True
    )
    assert "The change is asked for." in page.text
    (new,) = award.make.session.query(ChangeOutcome)
    assert (new.library, new.measure, new.method) == (measure, "Reading age", "Test")


def test_an_earlier_end_leaves_no_target_too_far_behind_it(award: Award) -> None:
    (first,) = award.bid.outcomes
    first.target_on = date(2028, 5, 1)
    award.make.session.commit()
    sooner = {"end_on": date(2027, 4, 1)}
    with pytest.raises(Refused, match="must be within 12 months of the support’s end, 1 April 2027"):
        ask(award, **sooner)
    award.make.session.rollback()
    assert ask(award, **sooner, measured=[OutcomeTo(first.id, first.target, date(2028, 4, 1))])


def test_a_bid_has_five_outcomes_at_most(award: Award) -> None:
    with pytest.raises(Refused, match="at most 5 outcomes"):
        ask(award, new_outcomes=[attendance()] * 5)


# -- schools -------------------------------------------------------------------------------------------


def joins(school: School, part: Part = Part.PROVIDER, **contact: str) -> Joins:
    return Joins(school.id, part, **contact)


def taken_over(award: Award, school: School, **values: Any) -> ChangeRequest:
    """The provider leaves; the new one works the days that are left of the reading lead."""
    new = NewLine(school.id, "Reading lead", staff_code="X1", half_days=12, day_rate_pence=35_000)
    gone = award.bid.providers[0].id
    given = {"new_lines": [new], "joins": [joins(school)], "leaves": [gone], "pence": 216_000}
    return ask(award, **(given | values))


@pytest.mark.both_databases
def test_a_school_takes_over_from_one_that_leaves(make: Make, award: Award) -> None:
    award.worked(date(2027, 1, 6))
    bid, old, school = award.bid, award.bid.providers[0], make.school("Elmwood")
    head = make.member(school)
    change = taken_over(award, school, pence=251_000)
    assert {answer.school.name for answer in change.answers} == {old.name, "Elmwood"}
    assert [found.name for found in bid.providers] == [old.name]  # until it is agreed
    act(changes.say_yes, change, award.releasing_head)
    assert change.state is S.WITH_SCHOOLS
    act(changes.say_yes, change, head)
    assert change.state is S.WITH_DECIDER
    act(changes.agree, change, decider(award))
    assert [found.name for found in bid.providers] == ["Elmwood"]
    assert {(one.staff_code, one.half_days) for one in bid.awards[-1].lines if one.is_days} == {
        ("RL1", 2),
        ("X1", 12),
    }
    assert sum_of(bid).whole.earned == 35_000
    assert ledger.bid_totals(bid.id).released == 49_000
    assert bid in make.session.scalars(visible_to(award.releasing_head, LATER)).unique()  # its days are paid


def test_a_school_that_is_asked_reads_the_bid_and_its_people_are_barred(make: Make, award: Award) -> None:
    school = make.school("Elmwood")
    head, officer = make.member(school), make.staff(RoleName.OFFICER)
    officer.memberships = [Membership(school=school, standing=Standing.TEAM, starts_on=date(2020, 1, 1))]
    make.session.commit()
    stranger = make.member(make.school())

    def seen(who: User) -> bool:
        return award.bid in make.session.scalars(visible_to(who, LATER)).unique()

    assert (seen(head), bar_of(award.bid, officer, LATER)) == (False, None)
    change = taken_over(award, school)
    assert seen(head)
    assert not seen(stranger)
    assert bar_of(award.bid, officer, LATER) is not None
    act(changes.say_no, change, head, reason="Our staff are needed here.")
    assert not seen(head)
    assert award.bid.partner_of(school.id) is None
    assert bar_of(award.bid, officer, LATER) is None


@pytest.mark.both_databases
def test_a_school_without_an_account_is_asked_at_the_address_that_is_given(make: Make, award: Award) -> None:
    school = make.school("Elmwood")
    make.session.commit()
    with pytest.raises(Refused, match="Enter the name and email address of the head of Elmwood"):
        taken_over(award, school)
    make.session.rollback()
    asked = joins(school, contact_name="Ada Elm", contact_email="ada@elmwood.example")
    taken_over(award, school, joins=[asked])
    (letter,) = make.session.query(Letter).filter(Letter.email == "ada@elmwood.example")
    assert "Elmwood is asked to take part: gives the support." in letter.body


@pytest.mark.parametrize("says", ["confirm", "decline"])
def test_a_school_is_asked_once_the_head_agrees_to_what_the_officer_entered(
    make: Make, award: Award, sign_in: SignIn, says: str
) -> None:
    school, other = make.school("Elmwood"), make.school("Fenside")
    head = make.member(school)
    make.session.commit()
    asked = joins(other, contact_name="Ada Fen", contact_email="ada@fenside.example")
    change = ask(award, award.officer, "enter", joins=[joins(school), asked])
    assert [partner.school.name for partner in award.bid.partners] == [award.bid.providers[0].name]
    assert sign_in(head).get(change.path).status_code == 404
    if says == "decline":
        act(changes.decline, change, award.head, reason="No.")
        assert award.bid not in make.session.scalars(visible_to(head, LATER)).unique()
    else:
        act(changes.confirm, change, award.head, agreement=True)
        assert sign_in(head).get(change.path).status_code == 200
        assert award.bid in make.session.scalars(visible_to(head, LATER)).unique()
        assert make.session.query(Letter).filter(Letter.email == "ada@fenside.example").count()
    assert [one.contact_email for one in change.partners] == ["", ""]


@pytest.mark.parametrize("logged", [True, False])
def test_who_left_is_listed_no_more_and_published_only_with_days(
    make: Make, award: Award, logged: bool
) -> None:
    if logged:
        award.worked(date(2027, 1, 6))
    old, school = award.bid.providers[0].name, make.school("Elmwood")
    head = make.member(school)
    change = taken_over(award, school, pence=251_000 if logged else 216_000)
    for each in (award.releasing_head, head):
        act(changes.say_yes, change, each)
    act(changes.agree, change, decider(award))
    reader = Reader(award.officer, LATER)
    (row,) = page_and_total(BidFilters.from_args(MultiDict(), reader), reader)[0].rows
    assert row.provider == "Elmwood"
    listed = make.session.scalar(
        select(_schools(Part.PROVIDER)).select_from(Bid).where(Bid.id == award.bid.id)
    )
    assert listed == "Elmwood"
    (published,) = awards(Wanted())
    assert set(published.partner_names) == ({old, "Elmwood"} if logged else {"Elmwood"})


@pytest.mark.parametrize("each", [True, False])
def test_who_is_paid_for_a_new_line_is_as_in_the_award(make: Make, each: bool) -> None:
    award = an_award(make, fund=make.fund(lean_advance_percent=0, pays_each_school=each))
    award.bid.fund.pays_each_school = not each  # for later awards
    school = make.school("Elmwood")
    make.member(school)
    change = taken_over(award, school)
    assert [line.payee.name for line in version_of(change, LATER).lines if line.staff_code == "X1"] == [
        "Elmwood" if each else award.bid.lead_school.name
    ]
    text = [row.what for row in differences(change, {school.id})]
    assert ("Paid to Elmwood at most" in text) is each


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ("lead", "takes part already"),
        ("provider", "takes part already"),
        ("closed", "is not open"),
    ],
)
def test_who_can_not_join(make: Make, award: Award, who: str, why: str) -> None:
    school = {
        "lead": award.bid.lead_school,
        "provider": award.bid.providers[0],
        "closed": make.school("Elmwood", status_code=2),
    }[who]
    make.member(school)
    with pytest.raises(Refused, match=why):
        ask(award, joins=[joins(school)])


def test_the_last_school_does_not_leave(award: Award) -> None:
    with pytest.raises(Refused, match="No other school would be left"):
        ask(award, leaves=[award.bid.providers[0].id], pence=6_000)


@pytest.mark.parametrize("academy", [True, False])
def test_money_for_maintained_schools_supports_no_academy(make: Make, award: Award, academy: bool) -> None:
    (allocation,) = award.bid.fund.allocations
    allocation.pays = ["maintained"]
    school = make.school("Elmwood", type_code=34 if academy else 1)
    make.member(school)
    make.session.commit()
    if academy:
        with pytest.raises(Refused, match=r"^£3,000\.00 of this award is money that may not support Elmwood"):
            ask(award, joins=[joins(school, Part.SUPPORTED)])
        make.session.rollback()
    change = ask(award, joins=[joins(school, Part.PROVIDER if academy else Part.SUPPORTED)])
    assert change.state is S.WITH_SCHOOLS


@pytest.mark.both_databases
def test_what_a_change_adds_never_changes(make: Make, award: Award) -> None:
    school = make.school("Elmwood")
    make.member(school)
    (first,) = award.bid.outcomes
    taken_over(award, school, measured=[OutcomeTo(first.id, Decimal(72), first.target_on)])
    for table, values in (
        (ChangeNewLine, {"pence": 1}),
        (ChangeOutcome, {"dropped": True}),
        (ChangePartner, {"leaves": True}),
    ):
        with pytest.raises(DBAPIError):
            make.session.execute(update(table).values(**values))
        make.session.rollback()


# -- pages ---------------------------------------------------------------------------------------------


def test_rows_are_added_and_nothing_typed_is_lost(award: Award, sign_in: SignIn) -> None:
    path, first = f"/bids/{award.bid.reference}/changes/new", award.bid.awards[-1].lines[1]
    typed = form_of(award, why="They stay longer", more=f"staff-{first.id}")
    page = sign_in(award.head).post(path, data=typed)
    assert page.status_code == 200
    assert "Code" in page.text
    assert 'value="T1"' in page.text.split("added person 1")[3]
    assert "They stay longer" in page.text
    assert (
        page.text.count("Ask for a change of the award") == 4
    )  # title, heading, button, and what Enter presses
    assert award.make.session.query(ChangeRequest).count() == 0
    more = sign_in(award.head).post(path, data=typed | {"staff": "1", "more": "outcomes"})
    assert "added person 2" not in more.text
    for kind, words in (("costs", "Amount of added cost 1"), ("schools", "Which school joins? (school 1)")):
        assert words in sign_in(award.head).post(path, data=typed | {"more": kind}).text


def test_a_bid_without_other_schools_changes_too(make: Make, award: Award, sign_in: SignIn) -> None:
    bid = award.bid
    award.releasing_head  # noqa: B018 (is asked: the award has a line of that school)
    for partner in list(bid.partners):
        make.session.delete(partner)
    bid.external_provider = "Phonics Ltd"
    make.session.commit()
    make.session.expire_all()
    path = f"/bids/{bid.reference}/changes/new"
    page = sign_in(award.head).post(path, data=form_of(award, pence="2900"), follow_redirects=True)
    assert "The change is asked for." in page.text


@pytest.mark.parametrize("more", ["{}", "staff", "staff-{}", "costs-{}", "-{}", "staff-0"])
def test_another_rate_begins_only_a_row_that_is_added(award: Award, sign_in: SignIn, more: str) -> None:
    path, line_id = f"/bids/{award.bid.reference}/changes/new", award.bid.awards[-1].lines[0].id
    client, more = sign_in(award.head), more.format(line_id)
    assert client.post(path, data=form_of(award, more=more)).status_code == 200
    typed = form_of(award, more=more, staff="10", what_s9="Deputy head", staff_code_s9="DH9")
    assert 'value="DH9"' in client.post(path, data=typed).text


def test_a_row_that_was_begun_says_what_it_lacks(award: Award, sign_in: SignIn) -> None:
    path = f"/bids/{award.bid.reference}/changes/new"
    typed = form_of(award, staff="1", schools="1", what_s0="Deputy head", part_j0="provider", added="1")
    page = sign_in(award.head).post(path, data=typed)
    assert page.status_code == 422
    for words in (
        "Select the school that releases this person",
        "Enter the number of days",
        "Select the school that joins",
    ):
        assert words in page.text
    assert "Enter what it measures" not in page.text  # nothing was typed there


def test_the_head_asks_for_everything_on_one_page(make: Make, award: Award, sign_in: SignIn) -> None:
    bid, school = award.bid, make.school("Elmwood")
    make.member(school)
    make.grade(bid.fund)
    (first,), grade = bid.outcomes, bid.fund.grades_offered[0]
    make.session.commit()
    one, two, _travel = (found.id for found in bid.awards[-1].lines)
    rows = {
        "schools": "1",
        "school_j0": school.urn,
        "part_j0": "provider",
        "staff": "1",
        "releasing_s0": school.urn,
        "what_s0": "Deputy head",
        "staff_code_s0": "dh1",
        "grade_s0": str(grade.id),
        "half_days_s0": "1",
        "day_rate_pence_s0": "400",
        "costs": "1",
        "what_c0": "Venue",
        "pence_c0": "50",
        "added": "1",
        "measure_o0": "Attendance",
        "unit_o0": "%",
        "group_o0": "all",
        "method_o0": "Register",
        "baseline_o0": "91",
        "target_o0": "94%",
        **date_of("baseline_on_o0", date(2026, 12, 1)),
        **date_of("target_on_o0", date(2027, 5, 17)),
        f"target_{first.id}": "72",
        f"amount_{one}": "2",
        f"amount_{two}": "2.5",
        "leaves": str(bid.providers[0].id),
        "pence": "510",
    }
    page = sign_in(award.head).post(
        f"/bids/{bid.reference}/changes/new", data=form_of(award, **rows), follow_redirects=True
    )
    assert "The change is asked for." in page.text
    change = make.session.query(ChangeRequest).one()
    text = sign_in(award.officer).get(change.path).text
    for words in (
        "Elmwood",
        "Takes part: gives the support",
        "Leaves",
        "1 day at £400.00 a day, £400.00",
        "Venue",
        "Outcome: Phonics standard",
        "72% by 17 May 2027",
        "94% by 17 May 2027",
    ):
        assert words in text
