"""The directory: kept by schools, read by everybody signed in, with the days that are left."""

from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from fundflow.brokering.capacity import Days, days_of
from fundflow.brokering.directory import OfferFilters, directory_page
from fundflow.brokering.operations import offers as operations
from fundflow.brokering.operations.offers import Offered
from fundflow.models.brokering import Expertise, SupportOffer
from fundflow.models.person import Standing
from fundflow.steps import Stale
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from tests.brokering.conftest import SignIn
from tests.factories import NOW, Make

PHONICS = Offered("Phonics coaching", {Expertise.EARLY_READING}, ["2"], 10, "Reading lead")


def titles(**wanted: object) -> list[str]:
    return [entry.offer.title for entry in directory_page(OfferFilters(**wanted), NOW).rows]  # type: ignore[arg-type]


# -- keeping it -------------------------------------------------------------------------------------


def test_a_schools_team_adds_changes_and_withdraws_what_it_offers(make: Make, area: SimpleNamespace) -> None:
    team = make.member(area.asking, Standing.TEAM)
    offer = operations.add_offer(area.asking, PHONICS, user=team, now=NOW)
    assert "Phonics coaching" in titles()
    operations.change_offer(
        offer,
        PHONICS._replace(title="Phonics for all", expertise={Expertise.EARLY_READING, Expertise.EAL}),
        user=team,
        now=NOW,
        version=offer.version,
    )
    assert [row.expertise for row in offer.expertise] == [Expertise.EARLY_READING, Expertise.EAL]
    operations.withdraw_offer(offer, user=team, now=NOW)
    assert "Phonics for all" not in titles()
    operations.offer_again(offer, user=team, now=NOW)
    assert "Phonics for all" in titles()


def test_nobody_keeps_another_schools_offers_but_an_officer_who_is_named(
    area: SimpleNamespace, sign_in: SignIn
) -> None:
    with pytest.raises(Refused, match="a school you belong to"):
        operations.change_offer(area.offer, PHONICS, user=area.head, now=NOW, version=None)
    with pytest.raises(Refused, match="a school you belong to"):
        operations.add_offer(area.helper, PHONICS, user=area.head, now=NOW)
    page = sign_in(area.head).get("/directory").text
    assert "for the school" not in page
    operations.change_offer(area.offer, PHONICS, user=area.officer, now=NOW, version=None)
    assert "by Olga Officer, for the school" in sign_in(area.head).get("/directory").text


def test_a_second_click_adds_no_second_offer(make: Make, area: SimpleNamespace) -> None:
    first = operations.add_offer(area.asking, PHONICS, user=area.head, now=NOW)
    assert operations.add_offer(area.asking, PHONICS, user=area.head, now=NOW) is first
    with pytest.raises(Refused, match="offers “Phonics coaching” already"):
        operations.add_offer(area.asking, PHONICS._replace(half_days=2), user=area.head, now=NOW)


def test_two_people_do_not_overwrite_each_other(area: SimpleNamespace) -> None:
    version = area.offer.version
    operations.change_offer(area.offer, PHONICS, user=area.helpers_head, now=NOW, version=version)
    with pytest.raises(Stale):
        operations.change_offer(area.offer, PHONICS, user=area.officer, now=NOW, version=version)


def test_closed_schools_offer_nothing_and_organisations_only_where_the_fund_allows(
    make: Make, area: SimpleNamespace
) -> None:
    virtual = make.school("Virtual School", is_organisation=True)
    make.offer(virtual, title="Looked-after children")
    assert titles() == ["Maths mastery"]
    with pytest.raises(Refused, match="No fund here takes part with Virtual School"):
        operations.add_offer(virtual, PHONICS, user=make.member(virtual), now=NOW)
    area.fund.allows_organisations = True
    area.helper.status_code = 2
    make.session.flush()
    assert titles() == ["Looked-after children"]
    with pytest.raises(Refused, match="not open"):
        operations.add_offer(area.helper, PHONICS, user=area.helpers_head, now=NOW)


# -- finding ----------------------------------------------------------------------------------------


def test_it_is_searched_by_expertise_phase_and_words(make: Make, area: SimpleNamespace) -> None:
    make.offer(area.asking, Expertise.SEND, title="Autism", phases=["4", "0"], description="100% practical")
    assert titles() == ["Autism", "Maths mastery"]
    assert titles(expertise=Expertise.MATHS) == ["Maths mastery"]
    assert titles(phase="0") == ["Autism"]
    assert titles(phase="2") == ["Maths mastery"]
    assert titles(text="helping maths") == ["Maths mastery"]
    assert titles(text="100%") == ["Autism"]
    assert titles(text="...") == []


def test_pages_go_on_where_the_last_one_ended(make: Make, area: SimpleNamespace) -> None:
    for n in range(30):
        make.offer(area.helper if n % 2 else area.asking, title=f"Offer {n:02}")
    first = directory_page(OfferFilters(), NOW)
    rest = directory_page(OfferFilters(after=first.next_key), NOW)
    everything = [entry.offer.title for entry in first.rows + rest.rows]
    assert len(everything) == len(set(everything)) == 31
    assert rest.next_key is None


def test_the_number_of_queries_does_not_grow_with_the_offers(
    make: Make, area: SimpleNamespace, sign_in: SignIn, count_queries: list[str]
) -> None:
    def queries() -> int:
        client = sign_in(area.head)
        make.session.expunge_all()
        count_queries.clear()
        assert client.get("/directory").status_code == 200
        return len(count_queries)

    few = queries()
    for _ in range(20):
        make.offer(make.school())
    make.session.commit()
    assert queries() == few <= 14


# -- days left --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "days"),
    [
        (S.OFFERED, Days(17, 0)),
        (S.IN_DELIVERY, Days(17, 0)),
        (S.SUSPENDED, Days(17, 0)),
        (S.IN_MONITORING, Days(17, 0)),
        (S.AT_PANEL, Days(0, 17)),
        *((state, None) for state in (S.DRAFT, S.SUBMITTED, S.NOT_FUNDED, S.CLOSED, S.WITHDRAWN)),
    ],
)
def test_days_are_promised_by_live_awards_and_asked_for_before_the_panel(
    make: Make, area: SimpleNamespace, state: S, days: Days | None
) -> None:
    make.bid(state=state, fund=area.fund, lead=area.asking, provider=area.helper)
    assert days_of([area.helper.id], NOW).get(area.helper.id) == days


def test_projects_of_other_school_years_do_not_count_and_old_urns_do(
    make: Make, area: SimpleNamespace
) -> None:
    bid = make.bid(state=S.IN_DELIVERY, fund=area.fund, lead=area.asking, provider=area.helper)
    bid.start_on, bid.end_on = date(2026, 3, 1), date(2026, 8, 31)
    make.session.flush()
    assert days_of([area.helper.id], NOW) == {}
    bid.end_on = date(2026, 9, 1)
    academy = make.school("Helping Academy")
    area.helper.succeeded_by_id = academy.id
    make.session.flush()
    assert days_of([academy.id], NOW) == {academy.id: Days(17, 0)}


def test_the_directory_shows_what_is_left_of_everything_a_school_offers(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    make.offer(area.helper, title="Another", half_days=4)
    make.bid(state=S.IN_DELIVERY, fund=area.fund, lead=area.asking, provider=area.helper)
    make.session.commit()
    entry = directory_page(OfferFilters(), NOW).rows[0]
    assert (entry.offered, entry.left) == (24, 7)
    assert "3.5 of 12" in sign_in(area.head).get("/directory").text


# -- pages ------------------------------------------------------------------------------------------

FORM = {
    "title": "Phonics coaching",
    "expertise": ["early_reading"],
    "phases": ["2"],
    "half_days": "5",
    "who": "Reading lead",
    "description": "",
}


def test_a_school_keeps_its_offers_through_pages(make: Make, area: SimpleNamespace, sign_in: SignIn) -> None:
    client = sign_in(area.head)
    assert client.post("/directory/add", data={**FORM, "school": area.asking.urn}).status_code == 302
    offer = make.session.scalars(select(SupportOffer).where(SupportOffer.school == area.asking)).one()
    assert offer.half_days == 10
    page = client.get("/directory").text
    assert "Your school’s offers" in page
    assert f"/directory/{offer.id}/change" in page
    assert f"/directory/{area.offer.id}/change" not in page
    assert "Reading lead" in client.get(f"/directory/{offer.id}/change").text
    changed = {**FORM, "who": "Two teachers", "school": area.asking.urn, "version": str(offer.version)}
    assert client.post(f"/directory/{offer.id}/change", data=changed).status_code == 302
    assert client.post(f"/directory/{offer.id}/withdraw").status_code == 302
    assert "Not in the directory" in client.get("/directory").text
    assert "Phonics coaching" not in sign_in(area.helpers_head).get("/directory").text


def test_a_wrong_offer_is_shown_again_with_what_to_mend(area: SimpleNamespace, sign_in: SignIn) -> None:
    answer = sign_in(area.head).post(
        "/directory/add", data={"school": area.asking.urn, "title": " ", "half_days": "0.3", "who": "x" * 201}
    )
    assert answer.status_code == 422
    for words in (
        "Enter what you offer",
        "Select what it is about",
        "Select at least one phase",
        "Days must be",
        "200 characters or fewer",
    ):
        assert words in answer.text, words


def test_another_schools_offer_cannot_be_touched_from_outside(area: SimpleNamespace, sign_in: SignIn) -> None:
    client = sign_in(area.head)
    for path, method in (
        ("change", "get"),
        ("change", "post"),
        ("withdraw", "post"),
        ("offer-again", "post"),
    ):
        answer = getattr(client, method)(f"/directory/{area.offer.id}/{path}")
        assert answer.status_code == 404
    answer = client.post("/directory/add", data={**FORM, "school": area.helper.urn})
    assert answer.status_code == 422


def test_a_panel_member_reads_the_directory_and_nothing_else(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    member = make.seat(area.fund).user
    make.session.commit()
    client = sign_in(member)
    page = client.get("/directory").text
    assert "Maths mastery" in page
    assert "Add what" not in page
    for path in (
        "/directory/add",
        "/support",
        "/support/ask",
        "/brokering",
        "/brokering/contacts",
        "/brokering/match",
        "/brokering/commission",
    ):
        assert client.get(path).status_code == 403
