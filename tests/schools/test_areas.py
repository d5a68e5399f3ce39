"""Patches with link officers, and clusters."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow.models.area import Cluster, Patch
from fundflow.models.person import RoleName, User
from fundflow.schools.operations import areas
from fundflow.steps import AlreadyTaken, Stale
from fundflow.workflow.engine import Refused
from tests.factories import NOW, TODAY, Make

SignIn = Callable[[User | None], FlaskClient]


@pytest.fixture
def officer(make: Make) -> User:
    return make.staff(RoleName.OFFICER, "Olive Officer")


@pytest.fixture
def staff(officer: User, sign_in: SignIn) -> FlaskClient:
    return sign_in(officer)


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


class TestPatches:
    @pytest.mark.both_databases
    def test_one_is_added_renamed_and_given_an_officer(
        self, make: Make, session: Session, staff: FlaskClient, officer: User
    ) -> None:
        assert "There are no patches yet." in text(staff, "/schools/patches")
        answer = staff.post("/schools/patches/add", data={"name": "North"})
        assert answer.location == "/schools/patches"
        patch = session.scalars(select(Patch)).one()
        deputy = make.staff(RoleName.DEPUTY_OFFICER, "Dev Deputy")
        given = {"name": "Far North", "officer": str(deputy.id), "version": "1"}
        assert staff.post(f"/schools/patches/{patch.id}", data=given).status_code == 302
        page = text(staff, "/schools/patches")
        for words in ("Far North", "Dev Deputy", "North was added", "North was renamed Far North"):
            assert words in page

    def test_a_school_is_in_one_patch_and_leaves_the_other(
        self, make: Make, session: Session, staff: FlaskClient
    ) -> None:
        make.fund()
        ash, beech, cedar = make.school("Ash"), make.school("Beech"), make.school("Cedar")
        north, south = make.patch("North", ash), make.patch("South", beech)
        path = f"/schools/patches/{north.id}/schools"
        page = text(staff, path)
        assert f"Beech ({beech.urn}), now in South" in page
        assert page.count(" checked") == 1
        given = {"schools": [str(beech.id)], "urns": f" {cedar.urn},\n", "version": "1"}
        assert staff.post(path, data=given).status_code == 302
        session.expire_all()
        assert [school.name for school in north.schools] == ["Beech", "Cedar"]
        assert (ash.patch_id, south.schools) == (None, [])
        assert (north.version, south.version) == (2, 2)
        assert "North: 2 came, 1 went" in text(staff, "/schools/patches")

    def test_only_somebody_who_is_an_officer_today_becomes_link_officer(
        self, make: Make, session: Session, staff: FlaskClient, officer: User
    ) -> None:
        gone = make.user("Gone Officer")
        make.role(gone, RoleName.OFFICER, ends_on=TODAY.replace(year=2021))
        patch = make.patch("North", officer=gone)
        given = {"name": "North", "officer": str(make.user().id), "version": "1"}
        assert staff.post(f"/schools/patches/{patch.id}", data=given).status_code == 422
        with pytest.raises(Refused, match="Select somebody who is a liaison officer today"):
            areas.change_area(
                patch, name="North", officer_id=make.user().id, version=1, user=officer, now=NOW
            )
        session.refresh(patch)
        kept = {"name": "Norths", "officer": str(gone.id), "version": "1"}  # whoever it is may stay
        assert staff.post(f"/schools/patches/{patch.id}", data=kept).status_code == 302


class TestClusters:
    def test_a_school_may_be_in_several(self, make: Make, session: Session, staff: FlaskClient) -> None:
        make.fund()
        ash, beech = make.school("Ash"), make.school("Beech")
        make.cluster("Canal", ash)
        assert staff.post("/schools/clusters/add", data={"name": "Railway"}).status_code == 302
        railway = session.scalars(select(Cluster).where(Cluster.name == "Railway")).one()
        path = f"/schools/clusters/{railway.id}/schools"
        staff.post(path, data={"schools": [str(ash.id), str(beech.id)], "version": "1"})
        assert "Clusters</dt><dd" in text(staff, f"/schools/{ash.urn}")
        assert "Canal, Railway" in text(staff, f"/schools/{ash.urn}")
        staff.post(path, data={"schools": [str(beech.id)], "version": "2"})
        session.expire_all()
        assert [member.school for member in railway.members] == [beech]


@pytest.mark.parametrize("sort", ["patches", "clusters"])
class TestBoth:
    def area(self, make: Make, sort: str, name: str = "North") -> Patch | Cluster:
        return make.patch(name) if sort == "patches" else make.cluster(name)

    def test_a_name_is_used_once(self, make: Make, staff: FlaskClient, sort: str) -> None:
        taken, other = self.area(make, sort), self.area(make, sort, "South")
        make.session.commit()
        kind = type(taken).__tablename__
        for path, name in (
            (f"/schools/{sort}/{other.id}", "NORTH"),
            (f"/schools/{sort}/{other.id}", "north"),
        ):
            answer = staff.post(path, data={"name": name, "version": "1"})
            assert answer.status_code == 409
            assert f"There is a {kind} called North already." in answer.get_data(as_text=True)

    def test_adding_twice_by_a_double_click_adds_one(
        self, make: Make, session: Session, staff: FlaskClient, officer: User, sort: str
    ) -> None:
        for _ in range(2):
            assert staff.post(f"/schools/{sort}/add", data={"name": "North"}).status_code == 302
        kind = Patch if sort == "patches" else Cluster
        assert len(session.scalars(select(kind)).all()) == 1
        with pytest.raises(AlreadyTaken):
            areas.add_area(kind, name="North", user=officer, now=NOW)

    def test_a_stale_page_changes_nothing(
        self, make: Make, session: Session, staff: FlaskClient, officer: User, sort: str
    ) -> None:
        area, school = self.area(make, sort), make.school()
        session.commit()
        with pytest.raises(Stale):
            areas.choose_schools(area, [school.id], version=7, user=officer, now=NOW)
        answer = staff.post(f"/schools/{sort}/{area.id}/schools", data={"urns": school.urn, "version": "7"})
        assert answer.status_code == 409
        page = answer.get_data(as_text=True)
        assert school.urn in page.split("<textarea")[1]  # what was typed is still there

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"urns": "999999, 12, x"}, "We hold no school with the URN 12, 999999, X"),
            ({"urns": " ".join(str(n) for n in range(100_000, 101_100))}, "at most 1,000 URNs"),
            ({"schools": "999999"}, "Select one of the answers in the list"),
            ({"schools": "x"}, "Select one of the answers in the list"),
            ({"urns": "<script>alert(1)"}, "We hold no school with the URN &lt;SCRIPT&gt;AL"),
        ],
    )
    def test_a_wrong_school_gets_a_sentence(
        self, make: Make, staff: FlaskClient, sort: str, given: dict[str, str], words: str
    ) -> None:
        area = self.area(make, sort)
        answer = staff.post(f"/schools/{sort}/{area.id}/schools", data=given | {"version": "1"})
        assert answer.status_code == 422
        assert words in answer.get_data(as_text=True)

    @pytest.mark.parametrize("name", ["", " ", "x" * 81])
    def test_it_needs_a_name_of_80_characters_at_most(self, staff: FlaskClient, sort: str, name: str) -> None:
        assert staff.post(f"/schools/{sort}/add", data={"name": name}).status_code == 422

    def test_one_that_is_not_there_is_not_found(self, staff: FlaskClient, sort: str) -> None:
        for number in ("999", str(10**20), "0"):
            assert staff.get(f"/schools/{sort}/{number}").status_code == 404
            assert staff.get(f"/schools/{sort}/{number}/schools").status_code == 404

    @pytest.mark.parametrize("role", [RoleName.AUDITOR, RoleName.CLERK, RoleName.BOARD, RoleName.FINANCE])
    def test_nobody_but_officers_and_administrators_changes_it(
        self, make: Make, sort: str, role: RoleName
    ) -> None:
        area, user = self.area(make, sort), make.staff(role)
        for act in (
            lambda: areas.add_area(type(area), name="X", user=user, now=NOW),
            lambda: areas.change_area(area, name="X", version=1, user=user, now=NOW),
            lambda: areas.choose_schools(area, [], version=1, user=user, now=NOW),
        ):
            with pytest.raises(Refused, match="Only liaison officers and administrators"):
                act()

    def test_the_list_costs_as_many_queries_for_many_as_for_few_and_pages_by_key(
        self, make: Make, session: Session, staff: FlaskClient, count_queries: list[str], sort: str
    ) -> None:
        counts = []
        for start, end in ((0, 2), (2, 70)):
            for n in range(start, end):
                self.area(make, sort, f"Area {n:02}")
            session.commit()
            count_queries.clear()
            page = text(staff, f"/schools/{sort}")
            counts.append(len(count_queries))
        assert counts[0] == counts[1] <= 6
        assert "Area 49" in page
        assert "Area 50" not in page
        after = page.split("?after=")[1].split('"')[0]
        assert "Area 50" in text(staff, f"/schools/{sort}?after={after}")
        assert staff.get(f"/schools/{sort}?after=%00").status_code == 200


class TestOnSchoolsPages:
    def test_everybody_signed_in_sees_a_school_s_patch_and_clusters(
        self, make: Make, sign_in: SignIn, officer: User
    ) -> None:
        school = make.school()
        make.patch("North", school, officer=officer)
        make.cluster("Canal", school)
        page = text(sign_in(make.user()), f"/schools/{school.urn}")
        assert "North, link officer Olive Officer" in page
        assert "Cluster</dt><dd" in page
        assert "Canal" in page

    def test_the_list_is_narrowed_by_patch_cluster_and_phase(self, make: Make, sign_in: SignIn) -> None:
        ash, beech = make.school("Ash"), make.school("Beech", phase_code=4)
        patch, cluster = make.patch("North", ash), make.cluster("Canal", beech)
        staff = sign_in(make.user())
        for query, found, missing in (
            (f"patch={patch.id}", "Ash", "Beech"),
            (f"cluster={cluster.id}", "Beech", "Ash"),
            ("phase=4", "Beech", "Ash"),
            ("phase=2&q=ash", "Ash", "Beech"),
        ):
            page = text(staff, f"/schools?{query}")
            assert f">{found}</a>" in page
            assert f">{missing}</a>" not in page
        assert "Cluster: Canal." in text(staff, f"/schools?cluster={cluster.id}")
        assert "No school matches these filters." in text(staff, "/schools?patch=999")

    @pytest.mark.parametrize("query", ["patch=x", "patch=" + "9" * 30, "cluster=-1", "phase=99", "phase=%00"])
    def test_nonsense_in_the_address_is_no_filter(self, make: Make, sign_in: SignIn, query: str) -> None:
        make.school("Ash")
        assert ">Ash</a>" in text(sign_in(make.user()), f"/schools?{query}")

    def test_a_filter_stays_while_one_pages(self, make: Make, sign_in: SignIn) -> None:
        patch = make.patch("North", *(make.school(f"School {n:02}") for n in range(60)))
        make.school("Elsewhere")
        page = text(sign_in(make.user()), f"/schools?patch={patch.id}")
        following = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        second = text(sign_in(make.user()), following)
        assert "School 59" in second
        assert "Elsewhere" not in second
