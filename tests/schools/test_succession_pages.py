"""The pages on which bids pass on, and the list of schools that close."""

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fundflow.models.area import Succession
from fundflow.models.person import RoleName, User
from fundflow.models.school import School
from fundflow.workflow.application import BidState as S
from tests.factories import Make
from tests.schools.successions import SignIn, asked, link


class TestPages:
    def page(self, client: FlaskClient, old: School) -> str:
        answer = client.get(f"/schools/{old.urn}/succession")
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def seen(self, page: str) -> str:
        return page.split('name="seen" value="')[1].split('"')[0]

    def test_the_only_successor_in_gias_is_chosen_already(
        self, make: Make, session: Session, old: School, new: School, officer: User, sign_in: SignIn
    ) -> None:
        link(session, old, new)
        link(session, old, make.school("Sixth Form"), "Sixth Form Centre Link")
        make.bid(state=S.IN_REVIEW, lead=old)
        page = self.page(sign_in(officer), old)
        assert f'value="{new.urn}" checked' in page
        assert "Sixth Form Centre Link: Sixth Form" in page
        assert page.count('name="successor"') == 2  # it, and another school

    def test_of_a_school_that_was_split_nothing_is_chosen(
        self, make: Make, session: Session, old: School, new: School, officer: User, sign_in: SignIn
    ) -> None:
        link(session, old, new, "Successor - Split School")
        make.bid(state=S.IN_REVIEW, lead=old)
        page = self.page(sign_in(officer), old)
        assert "checked" not in page
        assert "or it was split" in page
        answer = sign_in(officer).post(f"/schools/{old.urn}/succession", data={"sure": "yes"})
        assert answer.status_code == 422
        assert "Select the successor" in answer.get_data(as_text=True)

    def test_asks_shows_what_happens_and_only_then_does_it(
        self, make: Make, session: Session, old: School, new: School, officer: User, sign_in: SignIn
    ) -> None:
        link(session, old, new)
        bid = make.bid(state=S.IN_REVIEW, lead=old)
        client, path = sign_in(officer), f"/schools/{old.urn}/succession"
        given = {"successor": new.urn, "seen": self.seen(self.page(client, old))}
        sure = client.post(path, data=given).get_data(as_text=True)
        assert "Are you sure you want to pass 1 bid to Lark Academy?" in sure
        assert f"Lark Academy (URN {new.urn}) leads the bid in place of Larkfield Infants" in sure
        assert "Nobody with an account is head of Lark Academy yet" in sure
        session.expire_all()
        assert bid.lead_school is old
        for _ in range(2):  # a double click is answered like the first
            answer = client.post(path, data=given | {"sure": "yes"})
            assert (answer.status_code, answer.location) == (302, path)
        session.expire_all()
        assert bid.lead_school is new
        assert session.scalar(select(func.count()).select_from(Succession)) == 1
        assert "That was the wrong school" in self.page(client, old)

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"urn": "999999"}, "We hold no school with this URN"),
            ({"urn": ""}, "Enter the URN"),
            ({"reason": ""}, "Enter why this school takes over"),
            ({"urn": "\0"}, "Enter the URN"),
            ({"successor": "123456"}, "Select one of the answers"),
            ({"urn": "x" * 500}, "A URN is a number"),
            ({"reason": "x" * 5000}, "1,000 characters"),
        ],
    )
    def test_anything_wrong_gets_a_sentence(
        self,
        make: Make,
        old: School,
        new: School,
        officer: User,
        sign_in: SignIn,
        changes: dict[str, str],
        words: str,
    ) -> None:
        make.bid(lead=old)
        answer = sign_in(officer).post(f"/schools/{old.urn}/succession", data=asked(new, **changes))
        assert answer.status_code == 422
        assert words in answer.get_data(as_text=True)

    def test_a_stale_page_is_shown_again_and_can_be_sent_again(
        self, make: Make, session: Session, old: School, new: School, officer: User, sign_in: SignIn
    ) -> None:
        make.bid(state=S.IN_REVIEW, lead=old)
        session.commit()
        client, path = sign_in(officer), f"/schools/{old.urn}/succession"
        stale = client.post(path, data=asked(new, sure="yes", seen="nothing"))
        assert stale.status_code == 409
        page = stale.get_data(as_text=True)
        assert "It became an academy." in page
        again = client.post(path, data=asked(new, sure="yes", seen=self.seen(page)))
        assert again.status_code == 302

    def test_drafts_are_counted_and_not_named_to_an_officer(
        self, make: Make, old: School, officer: User, sign_in: SignIn
    ) -> None:
        draft = make.bid(lead=old, title="Hush")
        page = self.page(sign_in(officer), old)
        assert draft.reference not in page
        assert "1 bid passes on that is not shown here" in page

    def test_names_the_old_school_s_people_and_where_to_move_them(
        self, make: Make, old: School, sign_in: SignIn
    ) -> None:
        head = make.member(old, name="Amina Head")
        page = self.page(sign_in(make.staff(RoleName.ADMINISTRATOR)), old)
        assert f'href="/people/{head.id}"' in page
        assert f'href="/people/{head.id}"' not in self.page(sign_in(make.staff(RoleName.OFFICER)), old)

    def test_correcting_leads_through_the_same_page(
        self,
        make: Make,
        session: Session,
        old: School,
        new: School,
        passing: Any,
        sign_in: SignIn,
    ) -> None:
        wrong = make.school("Wrong School")
        bid = make.bid(state=S.IN_REVIEW, lead=old)
        passing(new=wrong)
        client = sign_in(make.staff(RoleName.ADMINISTRATOR))
        path = f"/schools/{old.urn}/succession?again={wrong.urn}"
        page = client.get(path).get_data(as_text=True)
        assert bid.reference in page
        client.post(path, data=asked(new, sure="yes", seen=self.seen(page)))
        session.expire_all()
        assert bid.lead_school is new
        assert client.get(f"/schools/{old.urn}/succession?again=999999").status_code == 404


class TestSchoolsThatClose:
    def test_lists_closed_and_closing_schools_of_live_bids_with_what_to_do(
        self, make: Make, session: Session, old: School, new: School, officer: User, sign_in: SignIn
    ) -> None:
        link(session, old, new)
        closing, idle = (
            make.school("Closing School", status_code=3),
            make.school("Idle School", status_code=2),
        )
        make.bid(state=S.IN_REVIEW, lead=old, provider=closing)
        make.bid(state=S.DRAFT, lead=old)
        make.bid(state=S.CLOSED, lead=idle)
        page = sign_in(officer).get("/schools/changes").get_data(as_text=True)
        assert f'href="/schools/{old.urn}/succession"' in page
        assert f"Lark Academy (URN {new.urn})" in page
        assert 'ff-number" data-label="Bids">2</td>' in page
        assert "Closing School" in page
        assert "Idle School" not in page

    def test_pages_by_key_with_as_many_queries_for_many_as_for_few(
        self, make: Make, session: Session, sign_in: SignIn, count_queries: list[str]
    ) -> None:
        fund, client = make.fund(), sign_in(make.staff(RoleName.AUDITOR))
        counts = []
        provider, head = make.school(), make.user()
        for more in (1, 59):
            for _ in range(more):
                make.bid(fund=fund, lead=make.school(status_code=2), provider=provider, leader=head)
            session.commit()
            count_queries.clear()
            page = client.get("/schools/changes").get_data(as_text=True)
            counts.append(len(count_queries))
        assert counts[0] == counts[1] <= 7
        after = page.split("?after=")[1].split('"')[0]
        second = client.get(f"/schools/changes?after={after}").get_data(as_text=True)
        assert second.count(">Closed</strong>") == 10
        assert "An officer passes its bids on." in page


def test_pages_answer_a_school_that_is_not_there(make: Make, sign_in: SignIn, now: datetime) -> None:
    client = sign_in(make.staff(RoleName.OFFICER))
    for urn in ("999999", "x", "O99999", "%00"):
        assert client.get(f"/schools/{urn}/succession").status_code == 404
        assert client.get(f"/schools/{urn}/tier").status_code == 404
