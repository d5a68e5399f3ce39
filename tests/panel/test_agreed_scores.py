"""The one score that the panel agrees."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fundflow.models.history import HistoryEntry
from fundflow.models.panel_settings import PanelRules
from fundflow.panel.operations.scores import save_scores, scores_stamp
from fundflow.rules.panel.scores import criterion_scores, total_score
from fundflow.steps import Stale
from fundflow.workflow.engine import Refused
from fundflow.workflow.panel_rules import STANDARD, Criterion, Rules
from tests.panel.conftest import Panel
from tests.panel.scoring import SignIn


def test_the_clerk_keeps_one_agreed_score_a_criterion(panel: Panel, as_clerk: FlaskClient) -> None:
    page = as_clerk.get(panel.url).text
    assert "Is the need clear, and shown by evidence" in page  # what members are told about scoring it
    scores = {
        "need": 3,
        "outcomes": 3,
        "priority": 4,
        "delivery": 2,
        "value": 2,
        "sustainability": 3,
        "gaps": 3,
    }
    done = as_clerk.post(
        f"{panel.url}/scores",
        data={
            **{f"score_{slug}": score for slug, score in scores.items()},
            "stamp": scores_stamp(panel.item),
        },
    )
    assert done.status_code == 302
    assert total_score(panel.item, panel.now) == Fraction("71.25")
    assert "71.25 of 100" in as_clerk.get(panel.url).text
    assert "Can be funded" in as_clerk.get(f"{panel.url}/scores").text


def test_a_stale_score_page_overwrites_nothing_and_keeps_what_was_typed(
    panel: Panel, as_clerk: FlaskClient
) -> None:
    stamp = scores_stamp(panel.item)
    save_scores(panel.item, {"need": 4}, stamp=stamp, user=panel.clerk, now=panel.now)
    stale = as_clerk.post(f"{panel.url}/scores", data={"score_need": "1", "stamp": stamp})
    assert stale.status_code == 409
    assert "Somebody changed this while you had the page open" in stale.text
    assert '<option value="1" selected>' in stale.text
    assert criterion_scores(panel.item, panel.now) == {"need": 4}
    with pytest.raises(Stale):
        save_scores(panel.item, {"need": 1}, stamp=stamp, user=panel.clerk, now=panel.now)
    save_scores(panel.item, {"need": 4}, stamp=stamp, user=panel.clerk, now=panel.now)
    again = as_clerk.post(f"{panel.url}/scores", data={"score_need": "1", "stamp": scores_stamp(panel.item)})
    assert again.status_code == 302
    assert criterion_scores(panel.item, panel.now) == {"need": 1}


def test_an_agreed_score_that_was_overwritten_stays_in_the_history(panel: Panel) -> None:
    for score in (4, 1):
        save_scores(panel.item, {"need": score}, stamp=None, user=panel.clerk, now=panel.now)
    kept = panel.make.session.scalars(select(HistoryEntry).where(HistoryEntry.step == "score")).all()
    assert [entry.given for entry in kept] == [{"before": {"need": 4}}]


@pytest.mark.parametrize("score", ["5", "-1", "x", "2.5"])
def test_a_score_lies_between_0_and_4(panel: Panel, as_clerk: FlaskClient, score: str) -> None:
    data = {"score_need": score, "stamp": scores_stamp(panel.item)}
    assert as_clerk.post(f"{panel.url}/scores", data=data).status_code == 422
    assert criterion_scores(panel.item, panel.now) == {}


def test_a_score_left_empty_stays_as_it_was(panel: Panel) -> None:
    for scores in ({"need": 2}, dict.fromkeys(STANDARD.slugs[1:], 3)):
        save_scores(panel.item, scores, stamp=scores_stamp(panel.item), user=panel.clerk, now=panel.now)
    assert criterion_scores(panel.item, panel.now) == {**dict.fromkeys(STANDARD.slugs, 3), "need": 2}


def test_the_form_asks_for_the_criteria_of_the_items_own_rules(
    panel_of: Callable[..., Panel], sign_in: SignIn
) -> None:
    old = Rules(
        criteria=(
            Criterion("reading", "Early reading", 60, "Will more pupils read?", True),
            Criterion("stamp", "Cost", 40),
        )
    )
    panel = panel_of(panel_rules=[PanelRules.holding(old, number=1)])
    panel.fund.panel_rules.append(PanelRules.holding(STANDARD, number=2))
    panel.make.session.commit()
    client = sign_in(panel.clerk)
    page = client.get(panel.url).text
    assert "Early reading" in page
    assert "Will more pupils read?" in page
    assert "Need and evidence" not in page
    client.post(
        f"{panel.url}/scores",
        data={"score_reading": "3", "score_stamp": "1", "stamp": scores_stamp(panel.item)},
    )
    assert total_score(panel.item, panel.now) == 55  # 60×3/4 + 40×1/4
    with pytest.raises(Refused, match="whole number from 0 to 4"):
        save_scores(panel.item, {"need": 3}, stamp=None, user=panel.clerk, now=panel.now)


def test_no_score_is_agreed_where_each_member_scores(scoring: Panel, sign_in: SignIn) -> None:
    assert "Agreed score" not in sign_in(scoring.clerk).get(scoring.url).text
    with pytest.raises(Refused, match="Each member scores this bid"):
        save_scores(scoring.item, {"need": 3}, stamp=None, user=scoring.clerk, now=scoring.now)
