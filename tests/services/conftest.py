"""A fund that sells services: a maintained school and an academy that buy, a school that provides."""

from types import SimpleNamespace
from typing import Any

import pytest

from fundflow.models.person import RoleName, Standing
from fundflow.models.service import ProviderKind
from fundflow.workflow.vat import VatCode
from tests.factories import NOW, Make

ACADEMY = 34


@pytest.fixture(autouse=True)
def _clock(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def area(make: Make) -> SimpleNamespace:
    fund = make.fund(sells_services=True, council="Borough of Brackenford")
    oak, ash = make.school("Oak Primary"), make.school("Ash Academy", type_code=ACADEMY)
    willow = make.school("Willow School")
    found = SimpleNamespace(
        fund=fund,
        oak=oak,
        ash=ash,
        willow=willow,
        head=make.member(oak, name="Ada Head"),
        team=make.member(oak, Standing.TEAM, "Tim Team"),
        academy_head=make.member(ash, name="Ben Head"),
        provider_head=make.member(willow, name="Wyn Willow"),
        officer=make.staff(RoleName.OFFICER, "Olga Officer"),
        finance=make.staff(RoleName.FINANCE, "Finn Finance"),
        auditor=make.staff(RoleName.AUDITOR),
    )
    found.governors = make.service(fund)
    found.outreach = make.service(
        fund,
        willow,
        name="Outreach",
        unit="half a day",
        price_pence=18_550,
        vat_code=VatCode.EXEMPT,
    )
    found.clerking = make.service(
        fund,
        name="Clerking",
        provider_kind=ProviderKind.INDEPENDENT,
        provider_name="Clerks Ltd",
        provider_email="orders@clerks.example",
        price_pence=33_333,
        terms=[1],
        by=found.officer,
    )
    make.session.commit()
    return found
