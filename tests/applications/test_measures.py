"""An outcome picks a measure of the fund, or closes a gap; implausible values are refused."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fundflow.applications.freezing import frozen
from fundflow.applications.restore_draft import restore_draft
from fundflow.models.bid import Bid
from fundflow.models.measure import Better, Measure
from tests.applications.helpers import OUTCOME, form, send
from tests.factories import NOW, Make

ADD = "/outcomes/outcomes/add"


@pytest.fixture
def phonics(make: Make, full: Bid) -> Measure:
    measure = make.measure(full.fund)
    make.session.commit()
    return measure


def picked(measure: Measure, **changes: Any) -> dict[str, Any]:
    return {**OUTCOME, "measure": "", "unit": "", "method": "", "measure_id": str(measure.id), **changes}


@pytest.mark.both_databases
def test_an_outcome_takes_name_unit_and_method_of_the_measure_it_picks(
    full: Bid, client: FlaskClient, phonics: Measure, session: Session
) -> None:
    assert "Pupils at the phonics standard (%), better when it rises" in client.get(form(full, ADD)).text
    assert send(client, form(full, ADD), **picked(phonics)).status_code == 302
    kept = full.outcomes[-1]
    assert (kept.library, kept.measure, kept.unit) == (phonics, "Pupils at the phonics standard", "%")
    assert kept.method == "Phonics check"
    text = frozen(full)
    assert "Pupils at the phonics standard" in text
    kept.target += 1
    session.commit()
    restore_draft(full, text, NOW)
    assert full.outcomes[-1].library is phonics
    assert frozen(full) == text


@pytest.mark.parametrize(
    ("better", "sentence"),
    [
        (Better.UP, ""),
        (Better.DOWN, "This measure is better when it falls: enter a target below the baseline"),
    ],
)
def test_the_target_lies_where_the_measure_is_better(
    full: Bid, client: FlaskClient, make: Make, better: Better, sentence: str
) -> None:
    measure = make.measure(full.fund, name="Days of absence", unit="days", better=better)
    answer = send(client, form(full, ADD), **picked(measure))
    assert answer.status_code == (422 if sentence else 302)
    assert sentence in answer.text


def test_values_lie_within_the_measures_range(full: Bid, client: FlaskClient, make: Make) -> None:
    measure = make.measure(full.fund, name="Scaled score", unit="points", least=80, greatest=120)
    answer = send(client, form(full, ADD), **picked(measure, baseline="79", target="121"))
    assert answer.status_code == 422
    assert "The baseline must be between 80 and 120" in answer.text
    assert "The target must be between 80 and 120" in answer.text
    assert send(client, form(full, ADD), **picked(measure, baseline="98", target="103")).status_code == 302


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"baseline": "-18", "target": "-9"}, ""),  # a gap may be written as what the group lacks
        ({"baseline": "18", "target": "0"}, ""),
        ({"baseline": "101"}, "The baseline must be between −100 and 100"),
    ],
)
def test_a_gap_names_whom_the_group_is_compared_with(
    full: Bid, client: FlaskClient, given: dict[str, str], sentence: str
) -> None:
    gap = {**OUTCOME, "group": "disadvantaged", "compared_with": "all other pupils"}
    answer = send(client, form(full, ADD), **{**gap, **given})
    assert sentence in answer.text
    if sentence:
        assert answer.status_code == 422
        return
    assert full.outcomes[-1].is_gap
    assert full.outcomes[-1].group_words == "Disadvantaged pupils, compared with all other pupils"
    assert "all other pupils" in client.get(form(full, "/outcomes")).text


def test_a_percentage_that_is_no_gap_stays_from_0_to_100(full: Bid, client: FlaskClient) -> None:
    answer = send(client, form(full, ADD), **{**OUTCOME, "target": "101"})
    assert answer.status_code == 422
    assert "The target must be between 0 and 100" in answer.text


def test_a_retired_measure_is_offered_to_the_outcome_that_has_it_alone(
    full: Bid, client: FlaskClient, phonics: Measure, session: Session
) -> None:
    send(client, form(full, ADD), **picked(phonics))
    phonics.retired = True
    session.commit()
    kept = full.outcomes[-1]
    assert "phonics standard (%)" in client.get(form(full, f"/outcomes/outcomes/{kept.id}")).text
    answer = send(client, form(full, ADD), **picked(phonics))
    assert answer.status_code == 422
