"""A report is measured against the targets it was sent with, however the award changes afterwards."""

from datetime import date
from decimal import Decimal

import pytest

from fundflow.extensions import db
from fundflow.impact import corrections
from fundflow.impact.queries import results_of
from fundflow.models.bid_parts import Outcome, PupilGroupKind
from fundflow.models.impact import Rag
from fundflow.rules.impact import judged
from fundflow.workflow.impact_return import ReturnPart
from fundflow.workflow.working_days import london_date
from tests.impact.conftest import LATER, Ended, SignIn, path
from tests.impact.test_versions import ask, correct

pytestmark = pytest.mark.usefixtures("today")
LATEST = date(2027, 5, 1)


@pytest.fixture
def sent(ended: Ended) -> Ended:
    ended.write(value=67)  # from 58, half of the way to 76
    ended.send()
    return ended


def raise_target(ended: Ended) -> None:
    """As an agreed change of the award does."""
    ended.bid.outcomes[0].target, ended.bid.outcomes[0].target_on = Decimal(94), LATEST
    db.session.commit()


@pytest.mark.both_databases
def test_an_accepted_report_keeps_its_figures_when_a_target_changes(sent: Ended, sign_in: SignIn) -> None:
    sent.accept(Rag.AMBER)
    raise_target(sent)
    found = judged(sent.report, london_date(LATER))
    assert (found.mean, found.rag) == (50, Rag.AMBER)
    (result,) = results_of(sent.report)
    assert (result.movement, result.chart.target.words) == ("50%", "Target 76%")
    client = sign_in(sent.head)
    old = " ".join(client.get(path(sent, "report/versions/1")).text.split())
    assert "(67 − 58) ÷ (76 − 58) = 50% of the way" in old
    tab = " ".join(client.get(path(sent, "impact")).text.split())
    assert "50%" in tab
    assert "94 by 1 May 2027 since then" in tab


def test_a_report_to_check_is_rated_by_the_targets_it_was_sent_with(sent: Ended) -> None:
    raise_target(sent)
    assert judged(sent.report, london_date(LATER)).rag is Rag.AMBER


def test_results_that_are_asked_about_again_are_measured_against_todays_targets(sent: Ended) -> None:
    ask(sent, {ReturnPart.RESULTS: "Which pupils?"})
    raise_target(sent)
    assert sent.report.actuals[0].movement == 25
    sent.send()
    assert judged(sent.report, london_date(LATER)).rag is Rag.RED


def test_results_that_are_not_asked_about_keep_their_targets(sent: Ended) -> None:
    ask(sent, {ReturnPart.LESSONS: "Which school?"})
    raise_target(sent)
    sent.send()
    assert judged(sent.report, london_date(LATER)).rag is Rag.AMBER


def test_each_version_has_its_own_targets(sent: Ended) -> None:
    sent.accept(Rag.AMBER)
    first = sent.report
    raise_target(sent)
    second = correct(sent)
    sent.send()
    assert [one.actuals[0].movement for one in (first, second)] == [50, 25]


def test_an_outcome_added_later_is_not_missing_from_an_accepted_report(sent: Ended, sign_in: SignIn) -> None:
    sent.accept(Rag.AMBER)
    same = ("unit", "method", "baseline", "baseline_on", "target", "target_on")
    first = sent.bid.outcomes[0]
    new = Outcome(bid_id=sent.bid.id, group=PupilGroupKind.ALL, measure="Attendance")
    for name in same:
        setattr(new, name, getattr(first, name))
    db.session.add(new)
    db.session.commit()
    db.session.expire_all()
    assert judged(sent.report, london_date(LATER)).flags == ()
    page = sign_in(sent.impact_officer).get(path(sent, "report/steps/correct-rating"))
    assert page.status_code == 200
    assert "Attendance" not in page.text
    corrections.correct(
        sent.report, reason="More", user=sent.impact_officer, now=LATER, version=sent.report.version
    )
    assert sent.report.why_incomplete() == "Enter the result for “Attendance” first."
