"""Two-year targets: set for a school by measure, moved towards, changed and ended; read by staff alone."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fundflow.models.measure import Better, Measure
from fundflow.models.person import RoleName, User
from fundflow.models.school import School
from fundflow.models.target import SchoolTarget
from fundflow.rules.impact import Measured
from fundflow.rules.targets import TargetStanding, progress_of, progress_on
from fundflow.schools.operations import targets as operations
from fundflow.steps import AlreadyTaken, Stale
from fundflow.workflow.engine import Refused
from tests.factories import NOW, TODAY, Make

SignIn = Callable[[User | None], FlaskClient]
R, S = RoleName, TargetStanding
READ = (R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR, R.ADMINISTRATOR)
EDIT = (R.OFFICER, R.DEPUTY_OFFICER, R.ADMINISTRATOR)
SECRET = "Phonics fell two years running"
BEGAN, DUE = date(2026, 1, 1), date(2028, 1, 1)  # 730 days
HALF = date(2027, 1, 1)  # 365 of them


@pytest.fixture
def school(make: Make) -> School:
    return make.school("Larkfield")


@pytest.fixture
def measure(make: Make) -> Measure:
    found = make.measure(make.fund())
    make.session.commit()
    return found


@pytest.fixture
def officer(make: Make) -> User:
    return make.staff(R.OFFICER, "Olive Officer")


def set_one(school: School, measure: Measure, user: User, **changes: Any) -> SchoolTarget:
    given_: dict[str, Any] = {
        "baseline": Decimal(50),
        "baseline_on": BEGAN,
        "target": Decimal(80),
        "target_on": DUE,
        "owner": user,
        "reason": SECRET,
        "user": user,
        "now": NOW,
        **changes,
    }
    return operations.set_target(school, measure, **given_)


def add(record: SchoolTarget, user: User, value: str, day: date = TODAY, **changes: Any) -> None:
    given_ = {"source": "Check", "version": record.version, "user": user, "now": NOW, **changes}
    operations.add_figure(record, value=Decimal(value), measured_on=day, **given_)


def the_day(day: date, name: str) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


# -- where one stands --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("baseline", "target", "actual", "measured_on", "day", "standing", "moved", "wanted"),
    [
        (50, 80, None, None, HALF, S.NO_FIGURE, None, None),
        (50, 80, None, None, date(2028, 6, 1), S.NO_FIGURE, None, None),
        (50, 80, 65, HALF, HALF, S.ON_TRACK, 50, 40),  # half the way in half the time
        (50, 80, 62, HALF, HALF, S.ON_TRACK, 40, 40),  # 80% of half the time
        (50, 80, Decimal("61.97"), HALF, HALF, S.BEHIND, Decimal("39.9"), 40),
        (50, 80, 50, HALF, HALF, S.BEHIND, 0, 40),
        (50, 80, 40, HALF, HALF, S.BEHIND, Decimal(-100) / 3, 40),
        (50, 80, 80, HALF, HALF, S.MET, 100, 40),
        (50, 80, 90, HALF, HALF, S.MET, Decimal(400) / 3, 40),
        (50, 80, 77, DUE, DUE, S.ON_TRACK, 90, 80),  # its day has not passed
        (50, 80, 77, DUE, date(2028, 1, 2), S.BEHIND, 90, 80),
        (50, 80, 80, date(2028, 6, 1), date(2028, 6, 1), S.MET, 100, 80),  # later than wanted, but there
        (20, 5, 12, HALF, HALF, S.ON_TRACK, Decimal(800) / 15, 40),  # better when it falls
        (20, 5, 18, HALF, HALF, S.BEHIND, Decimal(200) / 15, 40),
        (20, 5, 5, HALF, HALF, S.MET, 100, 40),
    ],
)
def test_where_a_target_stands(
    baseline: int,
    target: int,
    actual: Decimal | None,
    measured_on: date | None,
    day: date,
    standing: TargetStanding,
    moved: Decimal | None,
    wanted: int | None,
) -> None:
    value = None if actual is None else Decimal(actual)
    measured = Measured(Decimal(baseline), Decimal(target), DUE, value, measured_on)
    found = progress_of(measured, BEGAN, day, on_track_from=80)
    assert found.standing is standing
    assert found.moved == (None if moved is None else pytest.approx(Decimal(moved)))
    assert found.wanted == (None if wanted is None else pytest.approx(Decimal(wanted)))


ORDER = [S.BEHIND, S.ON_TRACK, S.MET]


@given(
    st.integers(-100, 100),
    st.integers(-100, 100),
    st.integers(-200, 200),
    st.integers(0, 50),
    st.integers(1, 730),
    st.integers(0, 900),
)
def test_a_better_figure_never_stands_worse(
    baseline: int, target: int, actual: int, more: int, days: int, later: int
) -> None:
    if baseline == target:
        return
    better = actual + more if target > baseline else actual - more
    measured_on = date.fromordinal(BEGAN.toordinal() + days)
    day = date.fromordinal(measured_on.toordinal() + later)

    def stands(value: int) -> int:
        one = Measured(Decimal(baseline), Decimal(target), DUE, Decimal(value), measured_on)
        return ORDER.index(progress_of(one, BEGAN, day, on_track_from=80).standing)

    assert stands(better) >= stands(actual)


# -- setting one -------------------------------------------------------------------------------------


def test_it_is_set_on_its_page_and_read_on_the_schools(
    make: Make, session: Session, school: School, measure: Measure, officer: User, sign_in: SignIn
) -> None:
    client, path = sign_in(officer), f"/schools/{school.urn}/targets/add"
    assert measure.words in client.get(path).text
    given_ = {
        "measure": str(measure.id),
        "baseline": "50%",
        "target": "80",
        "owner": str(officer.id),
        "reason": SECRET,
        **the_day(BEGAN, "baseline_on"),
        **the_day(DUE, "target_on"),
    }
    for _ in range(2):  # a double click sets it once
        assert client.post(path, data=given_).location == f"/schools/{school.urn}#targets"
    record = session.scalars(select(SchoolTarget)).one()
    assert (record.baseline, record.now.target, record.now.owner) == (50, 80, officer)
    page = client.get(f"/schools/{school.urn}").text
    for words in (measure.words, "No figure yet", "Olive Officer"):
        assert words in page
    assert SECRET in client.get(f"/schools/{school.urn}/targets/{record.id}").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"measure": ""}, "Select a measure"),
        ({"measure": "999"}, "Select one of the answers"),
        ({"baseline": "x"}, "The baseline must be"),
        ({"baseline": "130"}, "The baseline must be between 0 and 100"),
        ({"target": "40"}, "better when it rises"),
        ({"target": "50"}, "must differ from the baseline"),
        ({"target": "101"}, "The target must be between 0 and 100"),
        ({"owner": ""}, "Select who looks after it"),
        ({"reason": " "}, "Enter the reason"),
        ({"target_on-day": "31", "target_on-month": "2"}, "real date"),
    ],
)
def test_what_is_wrong_gets_a_sentence(
    school: School, measure: Measure, officer: User, sign_in: SignIn, changes: dict[str, str], words: str
) -> None:
    given_ = {
        "measure": str(measure.id),
        "baseline": "50",
        "target": "80",
        "owner": str(officer.id),
        "reason": SECRET,
        **the_day(BEGAN, "baseline_on"),
        **the_day(DUE, "target_on"),
        **changes,
    }
    answer = sign_in(officer).post(f"/schools/{school.urn}/targets/add", data=given_)
    assert (answer.status_code, words in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"baseline_on": date(2026, 12, 1)}, "must have been measured"),
        ({"target_on": TODAY}, "after today"),
        ({"target_on": date(2029, 11, 19)}, "at most three years"),
        ({"target": Decimal(50)}, "differ from the baseline"),
        ({"target": Decimal(40)}, "better when it rises"),
        ({"target": Decimal(101)}, "lies between 0 and 100"),
        ({"baseline": Decimal(-1)}, "lies between 0 and 100"),
    ],
)
def test_the_operation_refuses_what_can_not_be(
    school: School, measure: Measure, officer: User, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        set_one(school, measure, officer, **changes)


def test_a_measure_that_falls_has_its_target_below(make: Make, school: School, officer: User) -> None:
    falls = make.measure(make.fund(), better=Better.DOWN, name="Absence")
    with pytest.raises(Refused, match="better when it falls"):
        set_one(school, falls, officer)
    assert set_one(school, falls, officer, target=Decimal(20)).now.target == 20


def test_of_one_measure_only_one_runs(school: School, measure: Measure, officer: User) -> None:
    record = set_one(school, measure, officer)
    with pytest.raises(AlreadyTaken):
        set_one(school, measure, officer)
    with pytest.raises(Refused, match="Change that one instead"):
        set_one(school, measure, officer, target=Decimal(90))
    operations.end_target(record, reason="The school joined a trust", user=officer, now=NOW)
    assert set_one(school, measure, officer, target=Decimal(90)).id != record.id


def test_a_retired_measure_and_somebody_who_is_no_officer_are_refused(
    make: Make, school: School, measure: Measure, officer: User
) -> None:
    with pytest.raises(Refused, match="liaison officer of the measure’s fund today"):
        set_one(school, measure, officer, owner=make.staff(R.FINANCE))
    head = make.member(school)
    make.role(head, R.OFFICER)
    with pytest.raises(Refused, match="Select a colleague"):
        set_one(school, measure, officer, owner=head)
    measure.retired = True
    with pytest.raises(Refused, match="no longer offered"):
        set_one(school, measure, officer)


# -- moving, changing and ending -----------------------------------------------------------------------


def test_figures_say_where_it_stands_and_a_wrong_one_is_removed_and_kept(
    session: Session, school: School, measure: Measure, officer: User, sign_in: SignIn
) -> None:
    record = set_one(school, measure, officer)
    client, path = sign_in(officer), f"/schools/{school.urn}/targets/{record.id}"
    page = client.get(f"{path}/figures/add").text
    version = page.split('name="version" value="')[1].split('"')[0]
    given_ = {"value": "74", "source": "Phonics check", "version": version, **the_day(TODAY, "measured_on")}
    for _ in range(2):  # a second click is answered like the first
        assert client.post(f"{path}/figures/add", data=given_).location == path
    other = {**given_, "value": "75"}
    assert client.post(f"{path}/figures/add", data=other).status_code == 409  # of another version
    session.expire_all()
    assert progress_on(record, TODAY).standing is S.ON_TRACK
    page = client.get(path).text
    assert "80% = (74 − 50) ÷ (80 − 50)" in page
    assert "Phonics check" in page
    (figure,) = record.figures
    remove = f"{path}/figures/{figure.id}/remove"
    assert client.post(remove, data={"reason": ""}).status_code == 422
    for _ in range(2):
        assert client.post(remove, data={"reason": "Of another school"}).location == path
    session.expire_all()
    assert progress_on(record, TODAY).standing is S.NO_FIGURE
    page = client.get(path).text
    assert "<s>74</s>" in page
    assert "Of another school" in page


@pytest.mark.parametrize(
    ("value", "day", "words"),
    [
        ("101", TODAY, "lies between"),
        ("60", BEGAN, "after the baseline"),
        ("60", date(2026, 11, 19), "not from the future"),
        ("60", date(2026, 6, 1), "a figure of that day"),
    ],
)
def test_a_figure_that_can_not_be_is_refused(
    school: School, measure: Measure, officer: User, value: str, day: date, words: str
) -> None:
    record = set_one(school, measure, officer)
    add(record, officer, "55", date(2026, 6, 1))
    with pytest.raises(Refused, match=words):
        add(record, officer, value, day)


def test_the_figure_measured_last_counts_whenever_it_was_entered(
    session: Session, school: School, measure: Measure, officer: User
) -> None:
    record = set_one(school, measure, officer)
    add(record, officer, "70", date(2026, 9, 1))
    add(record, officer, "55", date(2026, 6, 1))
    session.expire_all()
    assert record.latest is not None
    assert record.latest.value == 70


def test_a_change_keeps_what_was_set_before(
    make: Make, session: Session, school: School, measure: Measure, officer: User, sign_in: SignIn
) -> None:
    record, other = set_one(school, measure, officer), make.staff(R.DEPUTY_OFFICER, "Dora Deputy")
    session.commit()
    client, path = sign_in(officer), f"/schools/{school.urn}/targets/{record.id}"
    version = client.get(f"{path}/change").text.split('name="version" value="')[1].split('"')[0]
    given_ = {
        "target": "90",
        "owner": str(other.id),
        "reason": "The baseline was low",
        "version": version,
        **the_day(date(2028, 6, 1), "target_on"),
    }
    for _ in range(2):
        assert client.post(f"{path}/change", data=given_).location == path
    assert client.post(f"{path}/change", data={**given_, "reason": "Another"}).status_code == 409
    session.expire_all()
    assert [terms.target for terms in record.terms] == [90, 80]
    page = client.get(path).text
    for words in ("90 by 1 June 2028, Dora Deputy", "80 by 1 January 2028, Olive Officer", SECRET):
        assert words in page
    with pytest.raises(Refused, match="Nothing differs"):
        operations.change_target(
            record,
            target=Decimal(90),
            target_on=date(2028, 6, 1),
            owner=other,
            reason="Again",
            version=record.version,
            user=officer,
            now=NOW,
        )
    with pytest.raises(Stale):
        add(record, officer, "60", version=1)


def test_it_ends_with_a_reason_and_changes_no_more(
    session: Session, school: School, measure: Measure, officer: User, sign_in: SignIn
) -> None:
    record = set_one(school, measure, officer)
    add(record, officer, "55")
    client, path = sign_in(officer), f"/schools/{school.urn}/targets/{record.id}"
    remove = f"{path}/figures/{record.figures[0].id}/remove"
    assert client.post(f"{path}/end", data={"reason": " "}).status_code == 422
    for _ in range(2):
        assert client.post(f"{path}/end", data={"reason": "The school closes"}).location == path
    session.expire_all()
    assert progress_on(record, TODAY).standing is S.ENDED
    page = client.get(path).text
    assert "The school closes" in page
    assert "Add a figure" not in page
    assert "has ended" in client.post(remove, data={"reason": "Misread"}).text
    with pytest.raises(Refused, match="has ended"):
        add(record, officer, "60")


def test_what_was_said_is_never_changed_nor_deleted(
    session: Session, school: School, measure: Measure, officer: User
) -> None:
    record = set_one(school, measure, officer)
    add(record, officer, "60")
    for sql in (
        "UPDATE school_target SET baseline = 1",
        "DELETE FROM school_target",
        "UPDATE target_terms SET target = 1",
        "DELETE FROM target_terms",
        "UPDATE target_figure SET value = 1",
        "DELETE FROM target_figure",
    ):
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(text(sql))


# -- the list ----------------------------------------------------------------------------------------


@pytest.fixture
def four(make: Make, measure: Measure, officer: User) -> dict[str, SchoolTarget]:
    """A target in each state, of a school each; and one that has ended."""
    named = {name: make.school(name) for name in ("Behind", "Met", "None", "Track", "Ended")}
    found = {name: set_one(school, measure, officer) for name, school in named.items()}
    for name, value in (("Behind", "51"), ("Met", "80"), ("Track", "70")):
        add(found[name], officer, value)
    operations.end_target(found["Ended"], reason="It closed", user=officer, now=NOW)
    return found


def names(page: str) -> list[str]:
    return re.findall(r'scope="row" [^>]*><a [^>]*>([^<]*)</a>', page)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", "Behind None Track Met"),
        ("stands=behind", "Behind"),
        ("stands=no_figure", "None"),
        ("stands=on_track", "Track"),
        ("stands=met", "Met"),
        ("stands=ended", "Ended"),
        ("sort=school", "Behind Met None Track"),
        ("sort=due", "Behind Met None Track"),
        ("q=met", "Met"),
        ("phase=4", ""),
        ("stands=x&sort=x&measure=x&owner=x&phase=99", "Behind None Track Met"),
    ],
)
@pytest.mark.usefixtures("four")
def test_the_list_says_where_each_stands(
    officer: User, sign_in: SignIn, time_machine: Any, asked: str, found: str
) -> None:
    time_machine.move_to(NOW, tick=False)
    client = sign_in(officer)
    assert names(client.get(f"/schools/targets?{asked}").text) == found.split()
    text_ = client.get(f"/schools/targets.csv?{asked}").text.removeprefix("\ufeff")
    assert [row["School"] for row in csv.DictReader(io.StringIO(text_))] == found.split()


def test_25_a_page(make: Make, measure: Measure, officer: User, sign_in: SignIn) -> None:
    for n in range(30):
        set_one(make.school(f"Oak {n:02}"), measure, officer)
    client = sign_in(officer)
    first = client.get("/schools/targets?sort=school").text
    onward = re.search(r'rel="next" href="([^"]*)"', first)
    assert onward
    second = client.get(onward[1].replace("&amp;", "&")).text
    assert [len(names(page)) for page in (first, second)] == [25, 5]
    assert len({*names(first), *names(second)}) == 30


# -- who -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in R if role not in EDIT])
def test_nobody_else_changes_one(
    make: Make, school: School, measure: Measure, officer: User, sign_in: SignIn, role: RoleName
) -> None:
    record, user = set_one(school, measure, officer), make.staff(role)
    acts: tuple[Callable[[], Any], ...] = (
        lambda: set_one(school, measure, user),
        lambda: add(record, user, "60"),
        lambda: operations.end_target(record, reason="x", user=user, now=NOW),
    )
    for act in acts:
        with pytest.raises(Refused, match="Only liaison officers and administrators"):
            act()
    client, path = sign_in(user), f"/schools/{school.urn}/targets"
    assert {client.get(f"{path}/{end}").status_code for end in ("add", f"{record.id}/end")} == {403}


def test_nobody_changes_those_of_their_own_school(make: Make, school: School, measure: Measure) -> None:
    head = make.member(school)
    make.role(head, R.OFFICER)
    with pytest.raises(Refused, match="You belong to Larkfield or its trust"):
        set_one(school, measure, head)


@pytest.mark.parametrize("role", [None, *(role for role in R if role not in READ)])
def test_nobody_else_reads_a_byte(
    make: Make, school: School, measure: Measure, officer: User, sign_in: SignIn, role: RoleName | None
) -> None:
    record = set_one(school, measure, officer)
    bid = make.bid(lead=school)
    user = make.member(school) if role is None else make.staff(role)
    make.session.commit()
    client = sign_in(user)
    closed = ("/schools/targets", "/schools/targets.csv", f"/schools/{school.urn}/targets/{record.id}")
    assert {client.get(path).status_code for path in closed} == {403}
    paths = (
        f"/schools/{school.urn}",
        "/schools",
        "/work",
        "/bids",
        f"/bids/{bid.reference}/application",
        f"/bids/{bid.reference}/form/need",
        "/register",
        "/me",
    )
    page = "".join(client.get(path).text for path in paths)
    assert SECRET not in page
    assert 'id="targets"' not in page
    assert "two-year target" not in page.lower()


@pytest.mark.parametrize("role", READ)
def test_those_entitled_do(
    make: Make, school: School, measure: Measure, officer: User, sign_in: SignIn, role: RoleName
) -> None:
    record = set_one(school, measure, officer)
    client = sign_in(make.staff(role))
    assert SECRET in client.get(f"/schools/{school.urn}/targets/{record.id}").text
    assert 'id="targets"' in client.get(f"/schools/{school.urn}").text


@pytest.mark.parametrize("of_trust", [False, True])
@pytest.mark.parametrize("role", READ)
def test_nobody_reads_those_of_their_own_school_or_trust(
    make: Make,
    school: School,
    measure: Measure,
    officer: User,
    sign_in: SignIn,
    role: RoleName,
    of_trust: bool,
) -> None:
    record, other = set_one(school, measure, officer), set_one(make.school("Otherfield"), measure, officer)
    user = make.staff(role)
    if of_trust:
        school.trust = make.trust()
    make.belongs(user, make.school("Sister", trust=school.trust) if of_trust else school)
    make.session.commit()
    client = sign_in(user)
    assert client.get(f"/schools/{school.urn}/targets/{record.id}").status_code == 404
    assert 'id="targets"' not in client.get(f"/schools/{school.urn}").text
    for path in ("/schools/targets", "/schools/targets.csv"):
        listed = client.get(path).text
        assert "Otherfield" in listed
        assert "Larkfield" not in listed
    assert client.get(f"/schools/{other.school.urn}/targets/{other.id}").status_code == 200


def test_the_measures_are_those_of_the_funds_one_works_for(
    make: Make, school: School, measure: Measure, sign_in: SignIn
) -> None:
    theirs = make.measure(make.fund(name="Another fund"), name="Of another fund")
    user = make.user()
    make.role(user, R.OFFICER, fund=measure.fund)
    make.session.commit()
    page = sign_in(user).get(f"/schools/{school.urn}/targets/add").text
    assert measure.name in page
    assert theirs.name not in page
    with pytest.raises(Refused, match="a fund that you don’t work for"):
        set_one(school, theirs, user)
