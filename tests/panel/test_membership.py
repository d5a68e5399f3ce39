"""Who is on a panel: places and vacancies, substitutes, terms that end, and what is wrong."""

import re
from datetime import timedelta

import pytest

from fundflow.models.panel_settings import PanelRules
from fundflow.models.person import RoleName, SeatPosition, Sector
from fundflow.panel.membership import panel_of
from fundflow.workflow.panel_rules import Rules
from tests.factories import NOW

TODAY = NOW.date()
P, S = SeatPosition, Sector


@pytest.fixture
def fund(make):
    return make.fund(name="Improvement fund")


def rules(session, fund, **values):
    """A second version of the rules."""
    session.add(PanelRules.holding(Rules(**values), fund_id=fund.id, number=2))
    session.flush()
    session.refresh(fund)


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.partition("<main")[2]))


def read(sign_in, session, user, path="/panel"):
    session.commit()
    return sign_in(user).get(path)


def test_places_filled_and_vacant_stand_by_sector(make, fund, session, sign_in):
    rules(session, fund, places={"primary": 3, "secondary": 1, "la": 1, "governor": 2})
    chair = make.seat(fund, position=P.CHAIR, sector=S.PRIMARY, school=make.school("Ash Primary"))
    make.seat(fund, position=P.DEPUTY, sector=S.LA)
    make.seat(fund, sector=S.SECONDARY)
    make.seat(fund, sector=S.SECONDARY)
    panel = panel_of(fund, TODAY)
    assert [(row.sector, len(row.seats), row.wanted, row.vacant) for row in panel.places] == [
        (S.PRIMARY, 1, 3, 2),
        (S.SECONDARY, 2, 1, 0),
        (S.GOVERNOR, 0, 2, 2),
        (S.LA, 1, 1, 0),
    ]
    text = text_of(read(sign_in, session, chair.user).text)
    assert "Vacant 2 seats Primary schools 1 of 3 places filled" in text
    assert "Vacant 2 seats Governors 0 of 2 places filled" in text
    assert "Over Secondary schools 2 seats for 1 place in the rules" in text
    assert "Ash Primary" in text


def test_without_places_in_the_rules_no_vacancy_is_claimed(make, fund, session, sign_in):
    make.panel(fund)
    text = text_of(read(sign_in, session, make.staff(RoleName.CLERK)).text)
    assert "Vacant" not in text
    assert "don’t say how many places" in text


def test_substitutes_stand_under_whom_they_stand_in_for_and_fill_no_place(make, fund, session, sign_in):
    rules(session, fund, places={"la": 2})
    seats = make.panel(fund)
    make.seat(fund, sector=S.LA, name="Sue Substitute", stands_in_for=seats[3])
    panel = panel_of(fund, TODAY)
    assert next(row.vacant for row in panel.places if row.sector is S.LA) == 1
    assert len(panel.seats) == 5
    text = text_of(read(sign_in, session, seats[0].user).text)
    assert f"Sue Substitute Substitute for {seats[3].user.name}" in text
    seats[3].ends_on = TODAY - timedelta(days=1)
    text = text_of(read(sign_in, session, seats[0].user).text)
    assert "whose seat isn’t held now" in text


@pytest.mark.parametrize(("days", "soon"), [(-1, None), (0, True), (60, True), (61, False)])
def test_terms_that_end_within_sixty_days_are_flagged(make, fund, session, sign_in, days, soon):
    seats = make.panel(fund)
    seats[2].ends_on = TODAY + timedelta(days=days)
    page = read(sign_in, session, seats[0].user).text
    assert page.count("Ends soon") == (1 if soon else 0)
    assert ("Past seats" in page) is (soon is None)


def test_seats_to_come_and_past_ones_are_apart_and_one_that_never_began_is_not_shown(
    make, fund, session, sign_in
):
    seats = make.panel(fund)
    make.seat(fund, name="Cora Coming", starts_on=TODAY + timedelta(days=9))
    make.seat(fund, name="Pat Past", ends_on=TODAY - timedelta(days=9))
    make.seat(fund, name="Nev Never", starts_on=TODAY - timedelta(days=9), ends_on=TODAY - timedelta(days=10))
    page = read(sign_in, session, seats[0].user).text
    assert page.index("Seats to come") < page.index("Cora Coming") < page.index("Pat Past")
    assert "Nev Never" not in page
    assert len(panel_of(fund, TODAY).seats) == 5


def without(position=None, sector=None):
    def change(seats):
        for seat in seats:
            if seat.position is position or seat.sector is sector:
                seat.ends_on = TODAY - timedelta(days=1)

    return change


def closed(*numbers):
    def change(seats):
        for number in numbers:
            seats[number].user.active = False

    return change


def second_chair(seats):
    seats[2].position = P.CHAIR


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (closed(), []),
        (without(position=P.CHAIR), ["The panel has no chair."]),
        (without(position=P.DEPUTY), ["no deputy chair"]),
        (closed(0), ["The panel has no chair."]),
        (second_chair, ["more than one chair"]),
        (without(sector=S.LA), ["nobody speaks for the local authority"]),
        (
            closed(0, 1, 2),
            ["no chair", "no deputy", "it takes 3 members, and there are 2", "nobody speaks for primary"],
        ),
    ],
)
def test_what_keeps_a_panel_from_deciding_is_a_warning(make, fund, session, sign_in, change, said):
    seats = make.panel(fund)
    change(seats)
    session.flush()
    warnings = panel_of(fund, TODAY).warnings
    assert len(warnings) == len(said)
    assert all(words in sentence for words, sentence in zip(said, warnings, strict=True))
    page = read(sign_in, session, make.staff(RoleName.AUDITOR)).text
    assert page.count("govuk-warning-text__text") == len(said)


def test_a_quorum_out_of_reach_is_counted_under_the_rules_without_substitutes(make, fund, session):
    rules(session, fund, quorum_least=6)
    seats = make.panel(fund)
    make.seat(fund, stands_in_for=seats[0])
    assert panel_of(fund, TODAY).warnings == [
        "No quorum can be reached: it takes 6 members, and there are 5."
    ]


def test_one_reads_about_the_panels_one_sits_on_or_works_for(make, fund, session, sign_in):
    other = make.fund(name="Another fund")
    member, clerk = make.seat(fund).user, make.staff(RoleName.CLERK)
    page = read(sign_in, session, member, f"/panel?fund={fund.id}")
    assert "Another fund" not in page.text
    for path in (f"/panel?fund={other.id}", "/panel?fund=x", "/panel?fund=", "/panel?fund=999999"):
        assert read(sign_in, session, member, path).status_code == 404
    assert "The panel of Improvement fund" in read(sign_in, session, clerk, f"/panel?fund={other.id}").text


def test_administrators_alone_are_led_to_the_seats(make, fund, session, sign_in):
    seat = make.seat(fund)
    link = f"/people/{seat.user_id}"
    assert link in read(sign_in, session, make.staff(RoleName.ADMINISTRATOR)).text
    for reader in (seat.user, make.staff(RoleName.CLERK), make.staff(RoleName.OFFICER)):
        assert link not in read(sign_in, session, reader).text


def test_the_page_costs_the_same_however_many_sit(make, fund, session, sign_in, count_queries):
    rules(session, fund, places={"la": 2})
    seats = make.panel(fund)

    def cost():
        session.commit()
        session.expire_all()
        client = sign_in(seats[0].user)
        count_queries.clear()
        assert client.get("/panel").status_code == 200
        return len(count_queries)

    few = cost()
    for number in range(12):
        seat = make.seat(fund, school=make.school(trust_id=make.trust().id), trust=make.trust())
        make.seat(fund, stands_in_for=seat)
        make.seat(fund, ends_on=TODAY - timedelta(days=number + 1), school=make.school())
    assert cost() == few <= 14
