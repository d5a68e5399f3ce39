"""The panel's rules: a form, versions that are never changed, and what changed in words."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.funds.operations.rules import change_rules
from fundflow.funds.rules_forms import new_slug
from fundflow.funds.rules_words import changes
from fundflow.models.fund import Fund
from fundflow.models.panel_settings import PanelRules
from fundflow.models.person import RoleName
from fundflow.steps import Stale
from fundflow.web.forms import Form
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.panel_rules import STANDARD, Criterion, Rules
from tests.factories import Make

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


def typed(fund: Fund, **changes: Any) -> dict[str, Any]:
    """What the form sends for the rules in force; a change to None leaves a field out."""
    rules = fund.rules
    said: dict[str, Any] = {
        "version": fund.version,
        "quorum_least": rules.quorum_least,
        "key_least": rules.key_least,
        "quorum_percent": rules.quorum_percent,
        "individual_from_pence": "25,000",
        "moderate_from": rules.moderate_from,
        "fundable_from": rules.fundable_from,
        "reduce_from": rules.reduce_from,
        "reason": "Schools Forum 12 March 2026, item 7",
    }
    for n, one in enumerate(rules.criteria):
        said |= {
            f"slug_{n}": one.slug,
            f"title_{n}": one.title,
            f"weight_{n}": one.weight,
            f"guidance_{n}": one.guidance,
            f"place_{n}": n + 1,
        }
        said |= {f"is_key_{n}": "y"} if one.is_key else {}
    return {name: value for name, value in (said | changes).items() if value is not None}


@pytest.fixture
def change(as_admin, fund, session):
    def send(**changes):
        session.commit()
        return as_admin.post(f"/funds/{fund.id}/rules/change", data=typed(fund, **changes))

    return send


def numbers(session, fund):
    return list(
        session.scalars(
            select(PanelRules.number).where(PanelRules.fund_id == fund.id).order_by(PanelRules.number)
        )
    )


# -- reading --------------------------------------------------------------------------------------


def test_the_rules_page_says_every_rule_in_words(as_admin, fund):
    page = as_admin.get(f"/funds/{fund.id}/rules").text
    for words in (
        "Version 1, as the fund began",
        "In force",
        "40%",
        "£25,000",
        "60 points of 100",
        "50 points of 100",
        "2, acceptable",
        "2 or more",
        "Need and evidence",
        "keeps the rules it had",
        "meetings whose papers go out from now on",
    ):
        assert words in page
    for criterion in STANDARD.criteria:
        assert criterion.guidance in page


def test_the_panel_and_officers_read_the_rules_and_nobody_else_changes_them(make, fund, sign_in):
    readers = [make.seat(fund).user, *map(make.staff, (RoleName.CLERK, RoleName.OFFICER, RoleName.AUDITOR))]
    for reader in readers:
        client = sign_in(reader)
        page = client.get(f"/funds/{fund.id}/rules")
        assert page.status_code == 200
        assert "Change the rules" not in page.text
        assert client.post(f"/funds/{fund.id}/rules/change", data=typed(fund)).status_code == 403
    other = make.seat(make.fund()).user
    assert sign_in(other).get(f"/funds/{fund.id}/rules").status_code == 404
    here = make.user("Una One")
    make.role(here, RoleName.ADMINISTRATOR, fund=make.fund())
    client = sign_in(here)
    assert client.get(f"/funds/{fund.id}/rules/change").status_code == 403
    assert client.get(f"/funds/{fund.id}/rules").status_code == 404


@pytest.mark.parametrize("number", ["0", "2", "99999999999", "x"])
def test_a_version_there_never_was_is_not_found(as_admin, fund, number):
    assert as_admin.get(f"/funds/{fund.id}/rules/{number}").status_code == 404


def test_everybody_reads_criteria_points_and_guidance_on_the_rounds_page(client, make, fund, change):
    round_ = make.round(fund)
    assert (
        change(
            weight_0="25", weight_1="15", key_least="3", is_key_4=None, guidance_0="Shown by whom?"
        ).status_code
        == 302
    )
    page = client.get(f"/rounds/{round_.id}").text.partition("How bids are scored")[2]
    assert "“Need and evidence” and “Measurable outcomes” are each at least good" in page
    assert "Shown by whom?" in page
    assert ">25</td>" in page
    change(key_least="0")
    assert "are each at least" not in client.get(f"/rounds/{round_.id}").text


# -- a new version --------------------------------------------------------------------------------


def test_saving_makes_a_new_version_and_leaves_the_old_one(change, fund, session, as_admin):
    before = fund.rules
    answer = change(
        quorum_least="4",
        disclosed_may_vote="y",
        individual_from_pence="£10,000",
        places_primary="2",
        places_la="0",
    )
    assert answer.location == f"/funds/{fund.id}/rules"
    assert numbers(session, fund) == [1, 2]
    first, second = fund.panel_rules
    assert first.rules == before
    assert (second.rules.quorum_least, second.rules.individual_from_pence) == (4, 1_000_000)
    assert second.rules.disclosed_may_vote
    assert second.rules.places == {"primary": 2}
    assert second.rules.criteria == before.criteria
    assert (second.reason, second.set_by.name) == ("Schools Forum 12 March 2026, item 7", "Una Admin")
    page = as_admin.get(f"/funds/{fund.id}/rules").text
    assert "Version 2, set by Una Admin" in page
    assert "Primary schools" in page
    assert "Earlier version" in as_admin.get(f"/funds/{fund.id}/rules/1").text
    assert "version 2" in as_admin.get(f"/funds/{fund.id}").text


def test_the_form_as_it_came_says_that_nothing_is_different(change, as_admin, fund, session):
    page = as_admin.get(f"/funds/{fund.id}/rules/change").text
    assert 'value="Need and evidence"' in page
    assert change().status_code == 302
    assert "there is no new version" in as_admin.get(f"/funds/{fund.id}/rules").text
    assert numbers(session, fund) == [1]
    assert fund.version == 1


def test_a_second_click_makes_no_second_version_and_is_answered_like_the_first(as_admin, fund, session):
    sent = typed(fund, quorum_least="4")
    for _ in range(2):
        as_admin.post(f"/funds/{fund.id}/rules/change", data=sent)
        assert "saved as version 2" in as_admin.get(f"/funds/{fund.id}/rules").text
    assert numbers(session, fund) == [1, 2]


def test_a_stale_page_is_refused_and_keeps_what_was_typed(as_admin, fund, session):
    stale = typed(fund, quorum_least="5", title_0="My own words")
    as_admin.post(f"/funds/{fund.id}/rules/change", data=typed(fund, quorum_least="4"))
    answer = as_admin.post(f"/funds/{fund.id}/rules/change", data=stale)
    assert answer.status_code == 409
    assert "Somebody changed this" in answer.text
    assert 'value="My own words"' in answer.text
    assert numbers(session, fund) == [1, 2]
    assert fund.rules.quorum_least == 4


def test_a_bid_whose_papers_are_out_keeps_its_rules(change, make, fund):
    out, later = (make.bid(state=BidState.AT_PANEL, fund=fund) for _ in range(2))
    later.latest_item.rules_id = None  # its papers are not out
    change(fundable_from="70")
    assert out.latest_item.rules.fundable_from == 60
    assert later.latest_item.rules.fundable_from == 70


# -- criteria -------------------------------------------------------------------------------------


def test_criteria_are_added_removed_renamed_and_reordered_and_known_ones_keep_their_slug(change, fund):
    answer = change(
        remove_6="y",
        title_0="The need",
        place_0="2",
        place_1="1",
        title_7="Pupils’ voice",
        weight_7="5",
        guidance_7="Were they asked?",
    )
    assert answer.status_code == 302
    assert [(c.slug, c.title, c.weight) for c in fund.rules.criteria] == [
        ("outcomes", "Measurable outcomes", 20),
        ("need", "The need", 20),
        ("priority", "Local priority", 15),
        ("delivery", "Delivery and partners", 15),
        ("value", "Value for money", 15),
        ("sustainability", "Sustainability and sharing", 10),
        ("pupils_voice", "Pupils’ voice", 5),
    ]
    assert [c.slug for c in fund.rules.criteria if c.is_key] == ["outcomes", "need", "value"]


def test_a_slug_of_a_criterion_that_is_gone_is_not_given_again(change, fund):
    change(title_6="Gaps", remove_5="y", weight_0="30")
    change(title_6="Sustainability", weight_6="10", weight_0="20", slug_6="sustainability")
    assert fund.rules.slugs[-1] == "sustainability_2"


@pytest.mark.parametrize(
    ("title", "taken", "slug"),
    [
        ("Value for money", (), "value_for_money"),
        ("Élan & voice!", (), "elan_and_voice"),
        ("A very long title of a criterion", (), "a_very_long_title_of"),
        ("A very long title of a criterion", ("a_very_long_title_of",), "a_very_long_title_2"),
        ("Need", ("need", "need_2"), "need_3"),
        ("2027 plan", (), "c_2027_plan"),
        ("学校", (), "c"),
        ("Data", (), "data_2"),
        ("Errors", (), "errors_2"),
        ("Version", (), "version_2"),
    ],
)
def test_a_new_slug_is_short_plain_and_nobody_elses(title, taken, slug):
    assert new_slug(title, taken) == slug
    assert len(slug) <= 20
    assert not hasattr(Form, slug)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"weight_0": "21"}, "The points add up to 101: they must add up to 100"),
        ({"remove_0": "y"}, "The points add up to 80"),
        ({"title_0": ""}, "Enter the criterion’s title, or remove it"),
        ({"title_7": "New"}, "Enter the criterion’s points"),
        ({"weight_7": "5"}, "Enter the criterion’s title, or remove it"),
        ({"title_0": "value  FOR money"}, "Another criterion has this title"),
        ({f"remove_{n}": "y" for n in range(7)}, "Keep at least one criterion"),
        ({"reduce_from": "61"}, "no more than the points from which a bid can be funded"),
        ({"fundable_from": "101"}, "must be between 0 and 100"),
        ({"quorum_least": "0"}, "must be between 1 and 50"),
        ({"quorum_percent": ""}, "Enter the percentage"),
        ({"key_least": "5"}, "Select one of the answers in the list"),
        ({"moderate_from": "0"}, "must be between 1 and 4"),
        ({"places_la": "-1"}, "must be between 0 and 20"),
        ({"reason": " "}, "Enter why the rules change"),
        ({"reason": None}, "Enter why the rules change"),
        ({"weight_0": "1e9"}, "must be a whole number"),
        ({"title_0": "x" * 81}, "80 characters or fewer"),
        ({"individual_from_pence": "-1"}, "must be between"),
    ],
)
def test_bad_rules_are_answered_in_words(change, session, fund, changes, sentence):
    answer = change(**changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert numbers(session, fund) == [1]


def test_what_is_wrong_with_a_removed_row_is_no_matter(change, fund):
    answer = change(remove_6="y", weight_6="x", title_6="", weight_0="25")
    assert answer.status_code == 302
    assert "gaps" not in fund.rules.slugs


# -- history --------------------------------------------------------------------------------------


def test_the_history_says_who_changed_what_when_and_why(change, as_admin, fund):
    change(
        quorum_least="4",
        remove_6="y",
        title_0="The need",
        weight_1="25",
        is_key_1=None,
        places_la="1",
        reason="Minute 4 of 1 May 2026",
    )
    page = as_admin.get(f"/funds/{fund.id}/rules/history").text
    for words in (
        "Una Admin",
        "Minute 4 of 1 May 2026",
        "As the fund began",
        "Least number of members for a quorum: 4 (it was 3).",
        "“Closing gaps” (5 points) was removed.",
        "“Need and evidence” is now called “The need”.",
        "“Measurable outcomes” has 25 points (it had 20).",
        "“Measurable outcomes” is no longer a key criterion.",
        "Places for Local authority: 1 (there were 0).",
    ):
        assert words in page
    assert page.index("Version 2") < page.index("Version 1")


def test_the_history_goes_on_page_by_page_with_the_changes_across_the_seam(make, as_admin, fund, session):
    for number in range(2, 29):
        session.add(PanelRules.holding(Rules(quorum_least=number), fund_id=fund.id, number=number))
    session.commit()
    first = as_admin.get(f"/funds/{fund.id}/rules/history").text
    assert first.count("it was") == 25
    assert f"/funds/{fund.id}/rules/history?after=4" in first
    second = as_admin.get(f"/funds/{fund.id}/rules/history?after=4").text
    assert second.count("it was") == 2


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (Rules(), []),
        (
            Rules(disclosed_may_vote=True),
            ["Members who disclosed an interest may score and vote: Yes (it was No)."],
        ),
        (Rules(individual_from_pence=0), ["Each member scores bids from: £0: every bid (it was £25,000)."]),
        (
            Rules(criteria=STANDARD.criteria[::-1]),
            [
                "The criteria’s order is now: Closing gaps, Sustainability and sharing, Value for money, "
                "Delivery and partners, Local priority, Measurable outcomes, Need and evidence."
            ],
        ),
        (
            Rules(criteria=(*STANDARD.criteria, Criterion("voice", "Voice", 1, is_key=True))),
            ["“Voice” was added, with 1 point, a key criterion."],
        ),
        (
            Rules(criteria=(STANDARD.criteria[0]._replace(guidance=""), *STANDARD.criteria[1:])),
            ["The guidance on “Need and evidence” was removed."],
        ),
    ],
)
def test_what_changed_is_said_in_sentences(after, said):
    assert changes(Rules(), after) == said


# -- the operation --------------------------------------------------------------------------------


def test_rules_change_with_a_reason_by_an_administrator_of_the_fund_from_a_fresh_page(make, fund, session):
    admin, clerk = make.staff(RoleName.ADMINISTRATOR), make.staff(RoleName.CLERK)
    session.commit()
    new = Rules(quorum_least=4)
    with pytest.raises(Refused, match="the minute that says so"):
        change_rules(fund, new, " ", version=fund.version, user=admin, now=NOW)
    with pytest.raises(Refused, match="Only an administrator"):
        change_rules(fund, new, "Minute 4", version=fund.version, user=clerk, now=NOW)
    with pytest.raises(Stale):
        change_rules(fund, new, "Minute 4", version=fund.version - 1, user=admin, now=NOW)
    session.rollback()
    assert numbers(session, fund) == [1]


def test_of_many_who_save_at_the_same_moment_one_makes_the_next_version(real_app):
    with real_app.app_context():
        make = Make(db.session)
        fund, admins = make.fund(), [make.staff(RoleName.ADMINISTRATOR).get_id() for _ in range(4)]
        db.session.commit()
        number, sent = fund.id, [typed(fund, quorum_least=str(4 + n)) for n in range(4)]
    barrier = Barrier(4)

    def save(n):
        client = real_app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = admins[n]
        barrier.wait()
        return client.post(f"/funds/{number}/rules/change", data=sent[n]).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(save, range(4))) == [302, 409, 409, 409]
    with real_app.app_context():
        fund = db.session.get_one(Fund, number)
        assert [version.number for version in fund.panel_rules] == [1, 2]
        db.session.rollback()
