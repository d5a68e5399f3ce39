"""A fund that asks schools: two primary schools, an academy, a secondary school, and one that has closed."""

from types import SimpleNamespace
from typing import Any

import pytest

from fundflow.models.person import RoleName, Standing
from fundflow.workflow.survey import SurveyState
from tests.factories import NOW, Make

ACADEMY, CLOSED, SECONDARY = 34, 2, 4


@pytest.fixture(autouse=True)
def _clock(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def area(make: Make) -> SimpleNamespace:
    fund = make.fund(asks_schools=True, council="Borough of Brackenford")
    oak, elm = make.school("Oak Primary"), make.school("Elm Primary")
    ash = make.school("Ash Academy", type_code=ACADEMY, phase_code=SECONDARY)
    found = SimpleNamespace(
        fund=fund,
        oak=oak,
        elm=elm,
        ash=ash,
        gone=make.school("Gone Primary", status_code=CLOSED),
        far=make.school("Far Primary", la_code="898"),
        head=make.member(oak, name="Ada Head"),
        team=make.member(oak, Standing.TEAM, "Tim Team"),
        elm_head=make.member(elm, name="Eve Head"),
        academy_head=make.member(ash, name="Ben Head"),
        officer=make.staff(RoleName.OFFICER, "Olga Officer"),
        auditor=make.staff(RoleName.AUDITOR, "Ann Auditor"),
        administrator=make.staff(RoleName.ADMINISTRATOR, "Adam Admin"),
    )
    make.session.commit()
    return found


@pytest.fixture
def survey(area: SimpleNamespace, make: Make) -> Any:
    """An open survey of three schools, to be answered by 16 December 2026."""
    found = make.survey(area.fund, SurveyState.OPEN, area.ash, area.elm, area.oak, by=area.officer)
    make.session.commit()
    return found
