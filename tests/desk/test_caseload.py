"""The list of bids: what each filter finds, for whom."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from fundflow.desk.caseload import page_and_total
from fundflow.desk.filters import BidFilters, Reader
from fundflow.models.area import Patch
from fundflow.models.bid import Bid, Origin
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.days_off import DaysOff, Whose
from fundflow.models.desk import Cover
from fundflow.models.person import Membership, RoleName, Standing, User
from fundflow.models.round import Priority
from fundflow.workflow.application import BidState as S
from tests.desk.conftest import table
from tests.factories import LONG_AGO, NOW, TODAY, Make

SignIn = Callable[..., Any]


def found(user: User, address: str = "", now: datetime = NOW) -> list[str]:
    """The titles that a list's address finds, in its order."""
    reader = Reader(user, now)
    args: MultiDict[str, str] = MultiDict(pair.split("=", 1) for pair in address.split("&") if "=" in pair)
    return [row.title for row in page_and_total(BidFilters.from_args(args, reader), reader)[0].rows]


def bid(make: Make, title: str, state: S = S.SUBMITTED, **values: Any) -> Bid:
    found: Bid = make.bid(state=state, title=title, **values)
    return found


# -- words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "phonics",
        "PHONICS coaching",
        "coaching phonics",
        "{reference}",
        "hazelmere",
        "St Marys",
        "{urn}",
        "oakfield",
        "{provider_urn}",
        "okafor",
        "office@lead",
        "hazelmere okafor phonics",
    ],
)
def test_a_bid_is_found_by_reference_title_contact_and_every_school_of_it(
    make: Make, officer: User, text: str
) -> None:
    lead = make.school("Hazelmere St Mary’s")
    provider = make.school("Oakfield Academy")
    it = bid(make, "Phonics coaching", lead=lead, provider=provider)
    other = bid(make, "Attendance")
    other.contact_name, other.contact_email = "Ann Other", "ann@other.example"
    make.session.flush()
    words = text.format(reference=it.reference, urn=lead.urn, provider_urn=provider.urn)
    assert found(officer, f"q={words}") == ["Phonics coaching"]


@pytest.mark.parametrize("text", ["zebra", "phonics zebra", "%", "_", "'", "\\", "\0", "’"])
def test_words_that_no_bid_says_find_nothing_and_break_nothing(make: Make, officer: User, text: str) -> None:
    bid(make, "Phonics coaching")
    assert found(officer, f"q={text}") == ([] if text != "\0" else ["Phonics coaching"])


def test_a_word_is_found_by_how_it_begins_as_the_bid_last_said_it(make: Make, officer: User) -> None:
    it = bid(make, "Phonics coaching", lead=make.school(name="Quayside Primary"))
    number = it.reference.rpartition("-")[2]
    for words in ("pho", "coach phonics", it.reference, number, "quayside", "ayside", it.lead_school.urn):
        assert found(officer, f"q={words}") == ["Phonics coaching"], words
    assert found(officer, "q=oaching") == []
    it.sent_title = it.title = "Reading"
    make.session.commit()
    assert found(officer, "q=pho") == []
    assert found(officer, "q=read") == ["Reading"]


def test_words_of_other_scripts_and_longer_than_are_kept_are_found(make: Make, officer: User) -> None:
    long = "x" * 90
    bid(make, f"Ωμέγα {long}")
    for words in ("ωμ", long, "x" * 59):
        assert found(officer, f"q={words}") == [f"Ωμέγα {long}"], words


# -- filters -----------------------------------------------------------------------------------------


def test_several_states_mean_any_of_them_and_other_filters_narrow_further(make: Make, officer: User) -> None:
    bid(make, "New")
    bid(make, "Mine", S.IN_REVIEW, officer=officer)
    bid(make, "Theirs", S.IN_REVIEW)
    bid(make, "Over", S.CLOSED)
    assert found(officer, "state=submitted&state=in_review") == ["Theirs", "Mine", "New"]
    assert found(officer, "state=submitted&state=in_review&officer=mine") == ["Mine"]
    assert found(officer, "state=submitted&state=in_review&officer=mine&officer=nobody") == ["Mine", "New"]


@pytest.mark.parametrize(
    ("stage", "titles"),
    [("review", ["in_review", "submitted"]), ("panel", ["offered", "at_panel"]), ("impact", ["closed"])],
)
def test_a_stage_holds_its_states(make: Make, officer: User, stage: str, titles: list[str]) -> None:
    for state in (S.SUBMITTED, S.IN_REVIEW, S.AT_PANEL, S.OFFERED, S.CLOSED):
        bid(make, state.value, state)
    assert found(officer, f"stage={stage}") == titles


# NOW is Wednesday 18 November; ten working days before it lies Wednesday 4 November.
@pytest.mark.parametrize(
    ("since", "today", "over_ten"),
    [
        (date(2026, 11, 3), TODAY, True),
        (date(2026, 11, 4), TODAY, False),
        (date(2026, 11, 5), date(2026, 11, 21), True),
        (date(2026, 11, 6), date(2026, 11, 21), False),
        (date(2026, 11, 7), date(2026, 11, 22), False),
        (date(2026, 11, 8), date(2026, 11, 23), True),
    ],
)
def test_an_age_counts_working_days_in_this_state_on_weekends_too(
    make: Make, officer: User, since: date, today: date, over_ten: bool
) -> None:
    it = bid(make, "Waits")
    it.state_since = NOW - (TODAY - since)
    make.session.flush()
    assert (found(officer, "age=10", NOW + (today - TODAY)) == ["Waits"]) is over_ten


def test_an_age_counts_the_working_days_of_its_fund(
    make: Make, officer: User, sign_in: SignIn, time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    closed = DaysOff(date(2026, 11, 9), date(2026, 11, 10), "Moving house", Whose.COUNCIL)
    for title, rows in (("Closed", [closed.to_store()]), ("Open", [])):
        it = bid(make, title, S.IN_REVIEW, fund=make.fund(days_off=rows), officer=officer)
        it.state_since = NOW - timedelta(days=15)  # eleven working days, but for closures
    make.session.commit()
    assert found(officer, "age=10") == ["Open"]
    assert set(found(officer, "age=5")) == {"Closed", "Open"}
    client = sign_in(officer)
    ages = {row["Title"]: row["Working days in this state"] for row in table(client, "csv")}
    assert ages == {"Closed": "9", "Open": "11"}
    for path in ("/bids", "/work"):
        page = client.get(path).text
        assert "9 working days" in page
        assert "11 working days" in page


def test_a_bid_that_ended_has_no_age_and_is_never_overdue(make: Make, officer: User) -> None:
    for state in (S.CLOSED, S.WITHDRAWN, S.IN_REVIEW):
        it = bid(make, state.value, state)
        it.submitted_at, it.due_on = NOW, TODAY - timedelta(days=1)
        it.state_since = NOW - timedelta(days=100)
    make.session.flush()
    assert found(officer, "age=20") == found(officer, "due=overdue") == ["in_review"]


@pytest.mark.parametrize(
    ("due", "titles"),
    [("overdue", ["-1"]), ("week", ["0", "4"]), ("fortnight", ["0", "4", "5", "14"])],
)
def test_deadlines_overdue_this_week_and_in_the_next_two_weeks(
    make: Make, officer: User, due: str, titles: list[str]
) -> None:
    for days in (-1, 0, 4, 5, 14, 15):  # from a Wednesday: 4 is Sunday, 5 is Monday
        bid(make, str(days), due_on=TODAY + timedelta(days=days))
    bid(make, "none")
    assert found(officer, f"due={due}&sort=deadline") == titles


def test_whose_turn_it_is(make: Make, officer: User) -> None:
    for state in (S.SUBMITTED, S.RETURNED, S.DEFERRED, S.AT_PANEL, S.OFFERED, S.IN_DELIVERY):
        bid(make, state.value, state)
    bid(make, "answered", S.DEFERRED, panel_answer="Yes.")
    assert found(officer, "turn=officer") == ["answered", "submitted"]
    assert found(officer, "turn=school") == ["offered", "deferred", "returned"]
    assert found(officer, "turn=panel") == ["at_panel"]


def test_patch_phase_priority_fund_round_and_origin(make: Make, officer: User) -> None:
    patch = Patch(name="North")
    make.session.add(patch)
    make.session.flush()
    north = bid(make, "North", lead=make.school(patch_id=patch.id, phase_code=4))
    make.session.add(Priority(round_id=north.round_id, title="Maths"))
    make.session.flush()
    make.session.refresh(north.round)
    north.priority = north.round.priorities[1]
    entered = bid(make, "Entered", fund=north.fund, origin=Origin.ENTERED)
    elsewhere = bid(make, "Elsewhere", lead=make.school(phase_code=None))
    make.session.flush()
    both = ["Entered", "North"]
    assert found(officer, f"patch={patch.id}") == found(officer, "phase=4") == ["North"]
    assert found(officer, "patch=none") == ["Elsewhere", "Entered"]
    assert found(officer, "phase=none") == ["Elsewhere"]
    assert found(officer, "priority=Maths") == ["North"]
    assert found(officer, "priority=Early reading") == ["Elsewhere", "Entered"]  # of two rounds
    assert found(officer, f"fund={entered.fund_id}") == found(officer, f"round={entered.round_id}") == both
    assert found(officer, "origin=entered") == ["Entered"]
    assert found(officer, f"fund={elsewhere.fund_id}&origin=entered") == []


def test_officer_mine_nobodys_a_names_and_those_one_covers(make: Make, officer: User) -> None:
    away = make.staff(RoleName.DEPUTY_OFFICER)
    bid(make, "Mine", S.IN_REVIEW, officer=officer)
    bid(make, "Theirs", S.IN_REVIEW, officer=away)
    bid(make, "Nobody’s")
    assert found(officer, "officer=mine") == ["Mine"]
    assert found(officer, f"officer={away.id}") == ["Theirs"]
    assert found(officer, "officer=nobody") == ["Nobody’s"]
    assert found(officer, "officer=covered") == []
    make.session.add(
        Cover(
            away_id=away.id,
            covering_id=officer.id,
            starts_on=TODAY,
            ends_on=TODAY,
            arranged_by_id=away.id,
            arranged_at=NOW,
        )
    )
    make.session.flush()
    assert found(officer, "officer=mine&officer=covered") == ["Theirs", "Mine"]
    assert found(officer, "officer=covered", NOW + timedelta(days=1)) == []


@pytest.mark.parametrize(
    "address",
    [
        "state=nonsense",
        "stage=x",
        "age=7",
        "due=never",
        "patch=-1",
        "phase=99",
        "fund=1e9",
        "sort=random",
        "round=99999999999999999999",
        "officer=0",
        "officer=٣",
        "origin=alien",
        "turn=me",
        "priority=\0",
        "after=x",
        "after=~",
        "after=x~1",
        "after=99999999999999999999",
    ],
)
def test_what_cant_be_read_in_the_address_is_left_out(make: Make, officer: User, address: str) -> None:
    bid(make, "Here")
    assert found(officer, address) == ["Here"]


# -- who sees what -----------------------------------------------------------------------------------


def test_a_barred_officer_finds_nothing_by_any_filter(make: Make) -> None:
    lead = make.school()
    it = bid(make, "Own trust", S.IN_REVIEW, lead=lead)
    barred = make.staff(RoleName.OFFICER)
    lead.trust = make.trust()
    make.session.add(
        Membership(
            user=barred, school=make.school(trust=lead.trust), standing=Standing.LEADER, starts_on=LONG_AGO
        )
    )
    make.session.commit()
    for address in ("", f"q={it.reference}", "state=in_review", "turn=officer", f"officer={it.officer_id}"):
        assert found(barred, address) == []


def test_people_of_schools_filter_their_own_bids_by_words_and_state_alone(make: Make) -> None:
    lead = make.school()
    head = make.member(lead)
    bid(make, "Ours", S.IN_REVIEW, lead=lead, leader=head)
    bid(make, "Draft", S.DRAFT, lead=lead, leader=head)
    bid(make, "Theirs", S.IN_REVIEW)
    assert found(head) == ["Draft", "Ours"]
    assert found(head, "state=in_review&q=our") == ["Ours"]
    assert found(head, "officer=nobody&age=20&turn=panel") == ["Draft", "Ours"]  # no filters of theirs


def test_a_school_reads_its_own_words_for_states_and_no_officers(make: Make, sign_in: SignIn) -> None:
    lead = make.school()
    head = make.member(lead)
    it = bid(make, "Ours", S.RETURNED, lead=lead, leader=head)
    page = sign_in(head).get("/bids?state=returned&officer=1").text
    assert "We need more from you" in page
    assert it.reference in page
    assert "Waiting for school" not in page
    assert it.officer
    assert it.officer.name not in page
    assert "Filter and sort" not in page


# -- the page ----------------------------------------------------------------------------------------


def test_filters_in_use_are_shown_and_each_can_be_taken_away(
    make: Make, officer: User, sign_in: SignIn
) -> None:
    bid(make, "Here")
    page = sign_in(officer).get("/bids?state=submitted&state=draft&due=week&q=here&sort=-amount").text
    assert "Deadline: This week" in page
    assert "Status: New" in page
    assert 'href="/bids?q=here&amp;state=draft&amp;due=week&amp;sort=-amount"' in page  # without “New”
    assert 'href="/bids?state=submitted&amp;state=draft&amp;due=week&amp;sort=-amount"' in page
    assert page.count('class="ff-chip"') == 4
    assert "(3 in use)" in page


def test_a_list_that_is_often_wanted_is_known_as_the_one_that_is_shown(
    make: Make, officer: User, sign_in: SignIn
) -> None:
    page = sign_in(officer).get(
        "/bids?turn=officer&officer=mine&officer=nobody&officer=covered&sort=deadline"
    )
    assert 'aria-current="page">Waiting for me</a>' in page.text
    assert "Waiting for me" not in sign_in(make.staff(RoleName.FINANCE)).get("/bids").text


def test_a_list_without_bids_says_what_to_do(make: Make, officer: User, sign_in: SignIn) -> None:
    assert "There are no bids here yet" in sign_in(officer).get("/bids").text
    bid(make, "Here")
    assert "remove a filter" in sign_in(officer).get("/bids?state=closed").text
    assert "There are no more bids" in sign_in(officer).get("/bids?after=1").text


def test_partners_find_a_bid_only_once_it_is_submitted(make: Make) -> None:
    partner = make.school()
    head = make.member(partner)
    for state in (S.DRAFT, S.SUBMITTED):
        it = bid(make, state.value, state)
        it.partners.append(Partner(school=partner, part=Part.PARTNER))
    make.session.flush()
    assert found(head, f"q={partner.urn}") == ["submitted"]


def test_the_session_is_only_read(session: Session, officer: User, sign_in: SignIn) -> None:
    sign_in(officer).get("/bids?state=submitted")
    assert not session.new
    assert not session.dirty


# -- amounts -----------------------------------------------------------------------------------------


def amounts(user: User, address: str = "") -> list[tuple[int, str]]:
    reader = Reader(user, NOW)
    rows = page_and_total(BidFilters.from_args(MultiDict(parse_qsl(address)), reader), reader)[0].rows
    return [(row.pence, row.amount_words) for row in rows]


def test_the_list_shows_and_orders_by_what_was_awarded_else_by_what_is_asked_for(
    make: Make, officer: User
) -> None:
    award, out = bid(make, "Award", S.IN_DELIVERY), bid(make, "Out", S.OFFERED)
    award.awarded_pence = 120_000
    out.offer.pence = 250_000
    bid(make, "New").requested_pence = 200_000
    make.session.flush()
    shown = [(120_000, "awarded"), (200_000, "asked for"), (300_000, "asked for, £2,500 offered")]
    assert amounts(officer, "sort=amount") == shown
    assert amounts(officer, "sort=-amount") == shown[::-1]


def test_a_partners_people_and_a_barred_officer_read_what_was_asked_for(make: Make) -> None:
    award = bid(make, "Award", S.IN_DELIVERY)
    award.awarded_pence = 120_000
    out = bid(make, "Out", S.OFFERED, lead=award.lead_school, provider=award.providers[0])
    out.offer.pence = 250_000
    lead, partner = make.member(award.lead_school), make.member(award.providers[0])
    assert amounts(lead) == [(300_000, "asked for, £2,500 offered"), (120_000, "awarded")]
    assert amounts(partner) == [(300_000, "asked for")] * 2
    make.role(partner, RoleName.OFFICER)
    assert amounts(partner) == [(300_000, "asked for")] * 2


def test_an_offer_is_not_shown_before_its_letter(make: Make, officer: User) -> None:
    held = bid(make, "Held", S.OFFERED)
    held.offer.pence, held.decision_held_until = 250_000, TODAY
    make.session.flush()
    assert amounts(make.member(held.lead_school)) == [(300_000, "asked for")]
    assert amounts(officer) == [(300_000, "asked for, £2,500 offered")]
