"""The register of independent providers: two people, due diligence in force, what can be commissioned."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from fundflow.brokering.operations import providers as operations
from fundflow.extensions import db
from fundflow.models.brokering import Expertise
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName
from fundflow.models.provider import DUE_DILIGENCE, Provider
from fundflow.rules.providers import provider_of
from fundflow.workflow.engine import Refused
from fundflow.workflow.provider import ProviderState
from tests.brokering.conftest import SignIn
from tests.brokering.test_commissioning import commission
from tests.factories import NOW, TODAY, Make


def days(due: int = 200) -> dict[str, Any]:
    seen = {f"{name}_seen_on": TODAY for name in DUE_DILIGENCE}
    return seen | {f"{name}_due_on": TODAY + timedelta(days=due) for name in DUE_DILIGENCE}


def propose(area: SimpleNamespace, **changes: Any) -> Provider:
    area.fund.checks_support = True
    given = {
        "name": "Bright Learning Ltd",
        "number": "01234567",
        "contact_name": "Bea Bright",
        "contact_email": "bea@bright.example",
        "expertise": [Expertise.MATHS],
        "days": days(),
        "user": area.officer,
        **changes,
    }
    return operations.propose(area.fund, now=NOW, **given)


def on(provider: Provider, user: Any) -> dict[str, Any]:
    return {"user": user, "now": NOW, "version": provider.version}


def approved(area: SimpleNamespace, **changes: Any) -> Provider:
    provider = propose(area, **changes)
    operations.approve(provider, **on(provider, area.deputy))
    return provider


@pytest.mark.both_databases
def test_a_second_officer_approves_and_the_contact_is_told(area: SimpleNamespace) -> None:
    provider = propose(area)
    with pytest.raises(Refused, match="You proposed this provider"):
        operations.approve(provider, **on(provider, area.officer))
    db.session.rollback()
    operations.approve(provider, **on(provider, area.deputy))
    assert (provider.state, provider.approved_by) == (ProviderState.APPROVED, area.deputy)
    (letter,) = db.session.query(Letter).filter_by(email="bea@bright.example")
    assert letter.subject == "Bright Learning Ltd: you are in our register of providers"


def test_nobody_approves_without_due_diligence(area: SimpleNamespace) -> None:
    provider = propose(area, days={**days(), "dbs_due_on": TODAY - timedelta(days=1)})
    with pytest.raises(Refused, match="DBS checks was due again on"):
        operations.approve(provider, **on(provider, area.deputy))


def test_a_commission_names_an_approved_provider(area: SimpleNamespace) -> None:
    provider = approved(area)
    bid = commission(area, provider=provider)
    assert (bid.external_provider, bid.providers, provider_of(bid)) == ("Bright Learning Ltd", [], provider)
    assert commission(area, provider=provider) is bid


def test_a_commission_is_refused_with_its_reason(area: SimpleNamespace) -> None:
    provider = approved(area)
    operations.renew(
        provider, days={**days(), "insurance_due_on": TODAY - timedelta(days=1)}, **on(provider, area.officer)
    )
    with pytest.raises(Refused, match="The due diligence of Bright Learning Ltd is not in force: Insurance"):
        commission(area, provider=provider)
    db.session.rollback()
    operations.renew(provider, days=days(), **on(provider, area.officer))
    operations.suspend(provider, reason="A complaint", **on(provider, area.officer))
    with pytest.raises(Refused, match="its entry in the register is “suspended”"):
        commission(area, provider=provider)
    db.session.rollback()
    operations.reinstate(provider, reason="Settled", **on(provider, area.officer))
    assert commission(area, provider=provider)
    operations.end(provider, reason="It closed", **on(provider, area.officer))
    assert provider.state is ProviderState.ENDED


def test_the_contact_does_not_decide_about_their_own(area: SimpleNamespace) -> None:
    provider = propose(area, contact_email=area.deputy.email)
    with pytest.raises(Refused, match="You are this provider’s contact"):
        operations.approve(provider, **on(provider, area.deputy))


def test_due_diligence_is_not_seen_in_the_future(area: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="in the future"):
        propose(area, days={**days(), "dbs_seen_on": TODAY + timedelta(days=1)})


def test_my_work_tells_of_providers_and_of_due_diligence_that_ends(
    area: SimpleNamespace, sign_in: SignIn
) -> None:
    provider = propose(area, days=days(30))
    assert "Approve the provider" not in sign_in(area.officer).get("/work").text
    assert "Approve the provider" in sign_in(area.deputy).get("/work").text
    operations.approve(provider, **on(provider, area.deputy))
    assert "Renew the due diligence" in sign_in(area.officer).get("/work").text
    operations.renew(provider, days=days(31), **on(provider, area.officer))
    assert "Renew the due diligence" not in sign_in(area.officer).get("/work").text


def test_the_pages_propose_approve_and_commission(make: Make, area: SimpleNamespace, sign_in: SignIn) -> None:
    area.fund.checks_support = True
    db.session.commit()
    client = sign_in(area.officer)
    empty = client.post("/providers/new", data={"name": "", "fund": str(area.fund.id)})
    assert (empty.status_code, "Enter the name of the provider" in empty.text) == (422, True)
    sent = {"fund": str(area.fund.id), "name": "Bright Learning Ltd", "contact_name": "Bea Bright"}
    sent |= {"contact_email": "bea@bright.example", "expertise": "maths"}
    for name, day in days().items():
        sent |= {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}
    assert client.post("/providers/new", data=sent).status_code == 302
    provider = db.session.query(Provider).one()
    assert provider.insurance_due_on == days()["insurance_due_on"]
    other = sign_in(area.deputy)
    other.post(f"{provider.path}/steps/approve", data={"version": provider.version})
    assert provider.state is ProviderState.APPROVED
    renew = other.get(f"{provider.path}/steps/renew").text
    assert f'value="{days()["dbs_due_on"].year}"' in renew
    assert "Approved" in other.get("/providers").text
    form = {
        "school": area.asking.urn,
        "provider": f"provider-{provider.id}",
        "expertise": "maths",
        "reason": "Results fell twice.",
        "round_id": str(area.round.id),
    }
    assert "Bright Learning Ltd (independent provider)" in other.get("/brokering/commission").text
    assert other.post("/brokering/commission", data=form).status_code == 302
    hidden = make.fund()
    away = make.member(make.school())
    make.role(away, RoleName.OFFICER, fund=hidden)
    db.session.commit()
    assert sign_in(away).get(provider.path).status_code == 404
