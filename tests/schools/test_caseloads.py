"""Caseloads, looked-after children’s focus, reviews of a term, and tiers by kind of school: staff alone."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from fundflow.clock.timed_steps import take_timed_steps
from fundflow.models.area import Tier, TierEntry, tiers_on
from fundflow.models.caseload import (
    Caseload,
    CaseloadEntry,
    Concern,
    ConcernKind,
    FocusEntry,
    ReviewOutcome,
    TermReview,
)
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.schools.operations import caseloads
from fundflow.schools.operations.tiers import record_tier
from fundflow.steps import AlreadyTaken, Stale
from fundflow.workflow.engine import Refused
from tests.factories import NOW, TODAY, Make

SignIn = Callable[[User | None], FlaskClient]
ACADEMY = 34
FROM = {"from_on-day": "2", "from_on-month": "11", "from_on-year": "2026"}
ON = {"reviewed_on-day": "17", "reviewed_on-month": "11", "reviewed_on-year": "2026"}


@pytest.fixture(autouse=True)
def _clock(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def area(make: Make) -> SimpleNamespace:
    """Oak is in the patch of Olive, Ash in none."""
    fund = make.fund(keeps_caseloads=True)
    oak, ash = make.school("Oak Primary"), make.school("Ash Academy", type_code=ACADEMY)
    officer = make.staff(R.OFFICER, "Olive Officer")
    patch = make.patch("North", oak, officer=officer)
    found = SimpleNamespace(
        fund=fund,
        oak=oak,
        ash=ash,
        patch=patch,
        officer=officer,
        deputy=make.staff(R.DEPUTY_OFFICER, "Dan Deputy"),
    )
    make.session.commit()
    return found


def review(area: SimpleNamespace, outcome: ReviewOutcome, tier: Tier | None = None, **changes: Any) -> None:
    given = {
        "reviewed_on": TODAY,
        "note": "Reading is better.",
        "latest": 0,
        "latest_tier": 0,
        "user": area.officer,
        "now": NOW,
    }
    school = changes.pop("school", area.oak)
    caseloads.record_review(school, area.fund, outcome=outcome, tier=tier, **{**given, **changes})


# -- caseloads ------------------------------------------------------------------------------------


def test_a_school_goes_into_challenge_with_a_reason_and_another_officer(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    client, page = sign_in(area.officer), f"/schools/{area.oak.urn}"
    shown = client.get(f"{page}/caseload").text
    assert 'name="seen" value="0"' in shown
    given = {"caseload": "challenge", "officer": str(area.deputy.id), "reason": "Results fell.", "seen": "0"}
    assert client.post(f"{page}/caseload", data={**given, **FROM, "reason": ""}).status_code == 422
    for _ in range(2):  # a double click records it once
        assert client.post(f"{page}/caseload", data={**given, **FROM}).location == f"{page}#caseload"
    entry = make.session.scalars(select(CaseloadEntry)).one()
    assert (entry.caseload, entry.officer, entry.from_on) == (
        Caseload.CHALLENGE,
        area.deputy,
        date(2026, 11, 2),
    )
    text_ = client.get(page).text
    assert "Results fell." in text_
    assert "Dan Deputy" in text_


def test_the_list_by_caseload_and_officer_and_its_file(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    make.caseload(area.fund, area.oak, area.officer)
    make.caseload(area.fund, area.ash, area.officer, caseload=Caseload.TRADED, officer_id=area.deputy.id)
    make.school("Elm Primary")
    make.session.commit()
    client = sign_in(make.staff(R.AUDITOR))

    def listed(query: str) -> list[str]:
        rows = csv.DictReader(
            io.StringIO(client.get(f"/schools/caseloads.csv?{query}").text.lstrip("\ufeff"))
        )
        names = [row["School"] for row in rows]
        page = client.get(f"/schools/caseloads?{query}").text
        assert [name for name in ("Ash Academy", "Elm Primary", "Oak Primary") if name in page] == names
        return names

    assert listed("") == ["Ash Academy", "Elm Primary", "Oak Primary"]
    assert listed("show=challenge") == ["Oak Primary"]
    assert listed("show=traded") == ["Ash Academy"]
    assert listed("show=neither") == ["Elm Primary"]
    assert listed(f"officer={area.officer.id}") == ["Oak Primary"]
    assert listed(f"officer={area.deputy.id}") == ["Ash Academy"]
    assert listed("officer=none") == ["Elm Primary"]
    assert listed("q=elm") == ["Elm Primary"]


def test_the_list_goes_on_by_page(make: Make, area: SimpleNamespace, sign_in: SignIn) -> None:
    for n in range(30):
        make.school(f"Beech {n:02}")
    make.session.commit()
    client = sign_in(area.officer)
    first = client.get("/schools/caseloads").text
    assert "Beech 23" in first
    assert "Oak Primary" not in first
    last = make.session.execute(text("SELECT urn FROM school WHERE name = 'Beech 23'")).scalar()
    assert "Oak Primary" in client.get(f"/schools/caseloads?after={last}").text


def test_entries_are_never_changed_nor_removed(make: Make, area: SimpleNamespace) -> None:
    make.caseload(area.fund, area.oak, area.officer)
    make.focus(area.fund, area.oak, area.officer)
    make.term_review(area.fund, area.oak, area.officer)
    for table in ("caseload_entry", "focus_entry", "term_review"):
        for sql in (f"UPDATE {table} SET school_id = 1", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match="append-only"), make.session.begin_nested():
                make.session.execute(text(sql))


def caseload(area: SimpleNamespace, **changes: Any) -> None:
    given = {
        "caseload": Caseload.CHALLENGE,
        "officer": None,
        "reason": "Results fell.",
        "from_on": TODAY,
        "latest": 0,
        "user": area.officer,
        "now": NOW,
    }
    caseloads.record_caseload(area.oak, area.fund, **{**given, **changes})


def test_two_officers_at_once_do_not_write_over_each_other(area: SimpleNamespace, make: Make) -> None:
    caseload(area)
    with pytest.raises(AlreadyTaken):
        caseload(area)
    with pytest.raises(Stale):
        caseload(area, caseload=Caseload.TRADED, user=area.deputy)
    entry = make.session.scalars(select(CaseloadEntry)).one()
    caseload(area, caseload=Caseload.TRADED, user=area.deputy, latest=entry.id)
    assert len(make.session.scalars(select(CaseloadEntry)).all()) == 2


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"from_on": date(2026, 11, 19)}, "The caseload must have begun"),
        ({"user": "auditor"}, "Only the fund’s liaison officers"),
        ({"officer": "auditor"}, "a liaison officer of Fund .* today"),
        ({"officer": "of the school"}, "belongs to Oak Primary or its trust"),
        ({"user": "of the school"}, "You belong to Oak Primary or its trust"),
    ],
)
def test_a_caseload_is_refused_with_the_reason(
    make: Make, area: SimpleNamespace, changes: dict[str, Any], why: str
) -> None:
    people = {"auditor": make.staff(R.AUDITOR), "of the school": make.staff(R.OFFICER)}
    make.belongs(people["of the school"], area.oak)
    make.session.commit()
    with pytest.raises(Refused, match=why):
        caseload(
            area,
            **{
                name: people.get(value, value) if isinstance(value, str) else value
                for name, value in changes.items()
            },
        )


# -- looked-after children ------------------------------------------------------------------------


def test_a_focus_is_recorded_and_its_review_stands_on_my_work(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    client, page = sign_in(area.officer), f"/schools/{area.oak.urn}/looked-after"
    day = {"review_on-day": "20", "review_on-month": "11", "review_on-year": "2026"}
    client.post(page, data={"focus": "Attendance of the group.", "seen": "0", **day})
    entry = make.session.scalars(select(FocusEntry)).one()
    assert entry.review_on == date(2026, 11, 20)
    assert "Attendance of the group." in client.get(f"/schools/{area.oak.urn}").text
    assert "Review the focus" in client.get("/work").text
    assert "Review the focus" not in sign_in(area.deputy).get("/work").text
    assert "Oak Primary" in sign_in(area.officer).get("/schools/caseloads?show=focus").text
    client.post(page, data={"focus": "All is well.", "seen": str(entry.id)})
    assert "Review the focus" not in client.get("/work").text


def test_a_focus_is_not_reviewed_in_the_past(area: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="must be after today"):
        caseloads.record_focus(
            area.oak, area.fund, focus="x", review_on=TODAY, latest=0, user=area.officer, now=NOW
        )


# -- tiers by kind of school ----------------------------------------------------------------------


def test_an_academy_has_no_tier_where_the_council_says_so(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    client, page = sign_in(area.officer), f"/schools/{area.ash.urn}/tier"
    assert client.get(page).status_code == 200
    area.fund.academies_concern_only = True
    make.session.commit()
    refused = client.get(page)
    assert refused.status_code == 409
    assert "an academy has a concern or none" in refused.text
    assert f"/schools/{area.ash.urn}/concerns/raise" in refused.text
    given = {"reason": "x", "from_on": TODAY, "latest": 0, "user": area.officer, "now": NOW}
    with pytest.raises(Refused, match="an academy has a concern or none"):
        record_tier(area.ash, tier=Tier.LIGHT, **given)
    record_tier(area.oak, tier=Tier.LIGHT, **given)
    with pytest.raises(Refused, match="an academy has a concern or none"):
        review(area, ReviewOutcome.RAISED, Tier.LIGHT, school=area.ash)
    shown = client.get(f"/schools/{area.ash.urn}/term-review").text
    assert "No concern" in shown
    assert "Tier raised" not in shown
    area.fund.keeps_caseloads = False  # then academies have tiers
    make.session.commit()
    assert client.get(page).status_code == 200


def test_what_a_tier_brings_stands_beside_it(make: Make, area: SimpleNamespace, sign_in: SignIn) -> None:
    make.tier(area.oak, area.officer)
    area.fund.tier_3_brings = "Six visits a term."
    make.session.commit()
    client = sign_in(area.officer)
    for path in ("/schools/tiers", f"/schools/{area.oak.urn}", f"/schools/{area.oak.urn}/term-review"):
        assert "Six visits a term." in client.get(path).text
    area.fund.keeps_caseloads = False
    make.session.commit()
    for path in ("/schools/tiers", f"/schools/{area.oak.urn}"):
        assert "Six visits a term." not in client.get(path).text


# -- reviews of a term ----------------------------------------------------------------------------


def test_a_review_raises_the_tier_and_records_it(make: Make, area: SimpleNamespace, sign_in: SignIn) -> None:
    make.tier(area.oak, area.officer)
    measure = make.measure(area.fund, name="Phonics")
    target = make.target(area.oak, measure, area.officer)
    make.figure(target, area.officer)
    make.session.commit()
    client, page = sign_in(area.officer), f"/schools/{area.oak.urn}"
    shown = client.get(f"{page}/term-review").text
    for words in ("Review for the autumn 2026 term", "3: targeted support", "Phonics", "On track"):
        assert words in shown
    seen = shown.split('name="seen" value="')[1].split('"')[0]
    given = {"outcome": "raised", "tier": "4", "note": "Results fell again.", "seen": seen, **ON}
    for _ in range(2):
        assert client.post(f"{page}/term-review", data=given).location == f"{page}#caseload"
    one = make.session.scalars(select(TermReview)).one()
    assert (one.school_year, one.term, one.tier, one.by) == (2026, 1, 4, area.officer)
    tier = make.session.scalars(select(TierEntry).order_by(TierEntry.id.desc())).first()
    assert tier is not None
    assert (tier.tier, tier.reason, tier.from_on) == (4, "Results fell again.", date(2026, 11, 17))
    assert "Tier raised" in client.get(page).text


@pytest.mark.parametrize(
    ("before", "outcome", "tier", "why"),
    [
        (None, ReviewOutcome.CONFIRMED, None, "No tier is recorded"),
        (Tier.TARGETED, ReviewOutcome.RAISED, None, "more support than now"),
        (Tier.TARGETED, ReviewOutcome.RAISED, Tier.TARGETED, "more support than now"),
        (Tier.TARGETED, ReviewOutcome.LOWERED, Tier.INTENSIVE, "less support than now"),
        (None, ReviewOutcome.LOWERED, Tier.LIGHT, "less support than now"),
    ],
)
def test_an_outcome_fits_the_tier(
    make: Make,
    area: SimpleNamespace,
    before: Tier | None,
    outcome: ReviewOutcome,
    tier: Tier | None,
    why: str,
) -> None:
    if before:
        make.tier(area.oak, area.officer, tier=int(before))
    make.session.commit()
    with pytest.raises(Refused, match=why):
        review(area, outcome, tier)
    assert make.session.scalars(select(TermReview)).all() == []


def test_a_tier_that_changed_meanwhile_is_not_written_over(make: Make, area: SimpleNamespace) -> None:
    make.tier(area.oak, area.deputy, tier=1)
    make.session.commit()
    with pytest.raises(Stale):
        review(area, ReviewOutcome.RAISED, Tier.LIGHT)
    make.session.rollback()
    assert tiers_on([area.oak.id], TODAY) == {area.oak.id: Tier.SELF_IMPROVING}


def test_a_review_that_finds_a_concern_raises_it(area: SimpleNamespace, make: Make, sign_in: SignIn) -> None:
    client, page = sign_in(area.officer), f"/schools/{area.oak.urn}"
    given = {"outcome": "concern", "note": "Two heads left.", "seen": "0-0", **ON}
    refused = client.post(f"{page}/term-review", data=given)
    assert (refused.status_code, "Enter the day on which the concern is reviewed" in refused.text) == (
        409,
        True,
    )
    assert make.session.scalars(select(TermReview)).all() == []
    day = {"review_on-day": "15", "review_on-month": "1", "review_on-year": "2027"}
    assert client.post(f"{page}/term-review", data={**given, **day}).status_code == 302
    assert make.session.scalars(select(TermReview)).one().outcome is ReviewOutcome.CONCERN
    concern = make.session.scalars(select(Concern)).one()
    assert (concern.kind, concern.reason) == (ConcernKind.JUDGEMENT, "Two heads left.")


def test_a_school_without_a_tier_is_reviewed_without_one(
    area: SimpleNamespace, make: Make, sign_in: SignIn
) -> None:
    client, page = sign_in(area.officer), f"/schools/{area.oak.urn}/term-review"
    form = client.get(page).text
    assert ("No concern" in form, "Tier confirmed" in form) == (True, False)
    given = {"outcome": "no_concern", "note": "All is well.", "seen": "0-0", **ON}
    assert client.post(page, data=given).status_code == 302
    assert make.session.scalars(select(TermReview)).one().tier is None


def test_a_tier_that_is_confirmed_is_no_other(area: SimpleNamespace, make: Make, sign_in: SignIn) -> None:
    tier = make.tier(area.oak, area.officer)
    make.session.commit()
    client, page = sign_in(area.officer), f"/schools/{area.oak.urn}/term-review"
    given = {"outcome": "confirmed", "note": "As before.", "seen": f"0-{tier.id}", **ON}
    other = "4" if tier.tier != 4 else "1"
    wrong = client.post(page, data={**given, "tier": other})
    assert (wrong.status_code, "Select that it is raised or lowered" in wrong.text) == (422, True)
    assert client.post(page, data={**given, "tier": str(int(tier.tier))}).status_code == 302


def test_a_review_is_not_ahead(area: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="must have taken place"):
        review(area, ReviewOutcome.CONCERN, reviewed_on=date(2026, 11, 19))


def test_schools_not_reviewed_this_term_are_listed_and_counted_on_my_work(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    before = make.term_review(area.fund, area.oak, area.officer, school_year=2025, term=3)  # last term’s
    make.session.commit()
    client = sign_in(area.officer)
    path = f"/schools/caseloads?show=unreviewed&officer={area.officer.id}"
    work = client.get("/work").text
    assert "1 school not reviewed this term" in work
    assert path.replace("&", "&amp;") in work
    assert "Oak Primary" in client.get(path).text
    assert "not reviewed this term" not in sign_in(area.deputy).get("/work").text  # Olive’s
    make.tier(area.oak, area.officer)
    make.session.commit()
    review(area, ReviewOutcome.CONFIRMED, latest=before.id)
    client = sign_in(area.officer)
    assert "not reviewed this term" not in client.get("/work").text
    assert "Oak Primary" not in client.get(path).text
    assert "Oak Primary" in client.get("/schools/caseloads?show=reviewed").text


@pytest.mark.parametrize("why", ["left", "another_fund", "own_school", "nobody"])
def test_schools_whose_officer_may_not_review_them_need_one(
    make: Make, area: SimpleNamespace, sign_in: SignIn, why: str
) -> None:
    ends = {"left": TODAY - timedelta(days=1), "another_fund": TODAY - timedelta(days=1)}.get(why)
    make.patch("South", area.ash, officer=area.deputy)
    if why == "nobody":
        area.patch.officer_id = None
    elif why == "own_school":
        make.belongs(area.officer, area.oak)
    else:
        area.officer.roles[0].ends_on = ends
        if why == "another_fund":
            make.role(area.officer, R.OFFICER, fund=make.fund())
    make.session.commit()
    client = sign_in(area.deputy)
    work = client.get("/work").text
    assert "1 school to review needs an officer" in work
    assert "1 school not reviewed this term" in work  # Ash, which is Dan’s
    path = "/schools/caseloads?show=unreviewed&officer=none"
    assert path.replace("&", "&amp;") in work
    listed = client.get(path).text
    assert ("Oak Primary" in listed, "Ash Academy" in listed) == (True, False)
    assert "Needs an officer</strong>" in listed


def test_who_looks_after_a_school_is_an_officer_of_the_fund(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    other = make.user(name="Una Elsewhere")
    make.role(other, R.OFFICER, fund=make.fund())
    make.session.commit()
    assert "Una Elsewhere" not in sign_in(area.officer).get(f"/schools/{area.oak.urn}/caseload").text
    given = {"caseload": Caseload.CHALLENGE, "reason": "Results fell.", "from_on": TODAY, "latest": 0}
    with pytest.raises(Refused, match=f"Select somebody who is a liaison officer of {area.fund.name} today"):
        caseloads.record_caseload(area.oak, area.fund, officer=other, user=area.officer, now=NOW, **given)


def test_reviews_of_concerns_stand_on_my_work_from_two_weeks_before(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    concern = make.concern(area.fund, area.oak, area.officer, review_on=date(2026, 12, 2))
    far = make.concern(area.fund, area.ash, area.officer, review_on=date(2026, 12, 3))
    make.session.commit()
    mine = sign_in(area.officer).get("/work").text
    assert concern.path in mine
    assert far.path not in mine
    assert concern.path not in sign_in(area.deputy).get("/work").text  # Olive looks after it


DECEMBER = datetime(2026, 12, 4, 9, tzinfo=UTC)  # the term ends on Friday 18 December


@pytest.mark.parametrize(
    ("at", "count"),
    [
        (datetime(2026, 12, 3, 9, tzinfo=UTC), 0),
        (DECEMBER, 1),
        (datetime(2026, 12, 5, 9, tzinfo=UTC), 0),  # a Saturday
        (datetime(2026, 12, 18, 9, tzinfo=UTC), 1),
        (datetime(2026, 12, 21, 9, tzinfo=UTC), 0),
    ],
)
def test_the_officer_is_reminded_two_weeks_before_the_term_ends(
    make: Make, area: SimpleNamespace, at: datetime, count: int
) -> None:
    for _ in range(2):  # once a term
        take_timed_steps(at)
    written = make.session.scalars(select(Letter)).all()
    assert len(written) == count
    for letter in written:
        assert (letter.email, letter.subject) == (area.officer.email, "1 school to review by 18 December")
        assert f"/schools/caseloads?show=unreviewed&officer={area.officer.id}" in letter.body


@pytest.mark.parametrize("why", ["off", "reviewed", "no officer any more", "own school"])
def test_nobody_is_reminded_of_nothing(make: Make, area: SimpleNamespace, why: str) -> None:
    if why == "off":
        area.fund.keeps_caseloads = False
    elif why == "reviewed":
        make.term_review(area.fund, area.oak, area.officer)
    elif why == "own school":
        make.belongs(area.officer, area.oak)
    else:
        area.officer.roles[0].ends_on = date(2026, 11, 1)
    make.session.commit()
    take_timed_steps(DECEMBER)
    assert make.session.scalars(select(Letter)).all() == []
