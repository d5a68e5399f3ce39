"""The fund's library of measures."""

import pytest
from sqlalchemy import select

from fundflow.funds.operations import measures, retiring
from fundflow.models.measure import Better, Measure
from fundflow.models.person import RoleName
from fundflow.workflow.engine import Refused
from tests.funds.conftest import changes, post

PHONICS = {"name": "Phonics standard", "unit": "%", "better": "up", "method": "Phonics check"}


def place(fund, rest=""):
    return f"/funds/{fund.id}/measures{rest}"


@pytest.mark.both_databases
def test_a_measure_is_added_and_retired(as_admin, fund, session):
    assert "There are no measures" in as_admin.get(place(fund)).text
    answer = post(as_admin, place(fund, "/add"), fund, **PHONICS, source="STA", least="-20", greatest="20.5")
    assert answer.status_code == 302
    kept = session.scalars(select(Measure)).one()
    assert (kept.name, kept.unit, kept.better, kept.source) == ("Phonics standard", "%", Better.UP, "STA")
    assert (kept.least, kept.greatest) == (-20, 20.5)
    page = as_admin.get(place(fund)).text
    assert "Phonics standard (%)" in page
    assert "from -20 to 20.5" in page
    assert changes(session, fund)[-1].label == "Phonics standard (%) is a measure of the fund"
    assert post(as_admin, place(fund, f"/{kept.id}/retire"), fund).status_code == 302
    assert kept.retired
    assert fund.measures_offered == []


def test_a_measure_is_not_added_twice_nor_anew_under_a_retired_name(as_admin, fund, make):
    make.measure(fund, name="Phonics standard", retired=True)
    answer = post(as_admin, place(fund, "/add"), fund, **{**PHONICS, "name": "phonics STANDARD"})
    assert answer.status_code == 409
    assert "already has the measure “Phonics standard”" in answer.text


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": ""}, "Enter what is measured"),
        ({"unit": "\0"}, "Enter the unit"),
        ({"better": ""}, "Select when it is better"),
        ({"method": ""}, "Enter how it is measured"),
        ({"least": "5", "greatest": "5"}, "must be above the least"),
        ({"greatest": "lots"}, "must be a number"),
        ({"name": "x" * 201}, "200 characters or fewer"),
    ],
)
def test_a_bad_measure_is_answered_in_words(as_admin, fund, given, sentence):
    answer = post(as_admin, place(fund, "/add"), fund, **{**PHONICS, **given})
    assert answer.status_code == 422
    assert sentence in answer.text


def test_only_administrators_keep_the_measures(make, fund, now, session):
    measure = make.measure(fund)
    by = {"version": fund.version, "user": make.staff(RoleName.OFFICER), "now": now}
    session.commit()
    for act in (
        lambda: measures.add_measure(fund, name="x", unit="%", better=Better.UP, method="y", **by),
        lambda: retiring.retire(measure, **by),
    ):
        with pytest.raises(Refused, match="Only an administrator"):
            act()
        session.rollback()


def test_another_funds_measure_is_not_found(as_admin, make, fund):
    measure = make.measure(fund)
    assert as_admin.get(place(make.fund(), f"/{measure.id}/retire")).status_code == 404
