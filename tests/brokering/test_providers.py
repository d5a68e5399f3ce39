"""The register of independent providers: two people, due diligence in force, what can be commissioned."""

from datetime import date, timedelta
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
    seen = {f"{name}_seen_on": TODAY - timedelta(days=10) for name in DUE_DILIGENCE}
    return seen | {f"{name}_due_on": TODAY + timedelta(days=due) for name in DUE_DILIGENCE}


def propose(area: SimpleNamespace, seen: dict[str, Any] | None = None, **changes: Any) -> Provider:
    """By the officer, who records the due diligence too."""
    area.fund.checks_support = True
    given = {
        "name": "Bright Learning Ltd",
        "number": "01234567",
        "contact_name": "Bea Bright",
        "contact_email": "bea@bright.example",
        "expertise": [Expertise.MATHS],
        "user": area.officer,
        **changes,
    }
    provider = operations.propose(area.fund, now=NOW, **given)
    operations.renew(provider, days=seen or days(), **on(provider, given["user"]))
    return provider


def on(provider: Provider, user: Any) -> dict[str, Any]:
    return {"user": user, "now": NOW, "version": provider.version}


def approved(area: SimpleNamespace, **changes: Any) -> Provider:
    provider = propose(area, **changes)
    operations.approve(provider, **on(provider, area.deputy))
    return provider


@pytest.mark.both_databases
def test_a_second_officer_approves_and_the_contact_is_told(area: SimpleNamespace) -> None:
    provider = propose(area)
    with pytest.raises(Refused, match="You proposed it, or acted on it last"):
        operations.approve(provider, **on(provider, area.officer))
    db.session.rollback()
    operations.approve(provider, **on(provider, area.deputy))
    assert (provider.state, provider.approved_by) == (ProviderState.APPROVED, area.deputy)
    (letter,) = db.session.query(Letter).filter_by(email="bea@bright.example")
    assert letter.subject == "Bright Learning Ltd: you are in our register of providers"


def test_nobody_approves_without_due_diligence(area: SimpleNamespace) -> None:
    provider = propose(area, {**days(), "dbs_due_on": TODAY - timedelta(days=1)})
    with pytest.raises(Refused, match="DBS checks was due again on"):
        operations.approve(provider, **on(provider, area.deputy))


def test_a_commission_names_an_approved_provider(area: SimpleNamespace) -> None:
    provider = approved(area)
    bid = commission(area, provider=provider)
    assert (bid.external_provider, bid.providers, provider_of(bid)) == ("Bright Learning Ltd", [], provider)
    assert commission(area, provider=provider) is bid


def test_a_commission_is_refused_with_its_reason(area: SimpleNamespace) -> None:
    provider = approved(area)
    provider.insurance_due_on = TODAY - timedelta(days=1)
    with pytest.raises(Refused, match="The due diligence of Bright Learning Ltd is not in force: Insurance"):
        commission(area, provider=provider)
    db.session.rollback()
    operations.suspend(provider, reason="A complaint", **on(provider, area.officer))
    with pytest.raises(Refused, match="its entry in the register is “suspended”"):
        commission(area, provider=provider)
    db.session.rollback()
    operations.reinstate(provider, reason="Settled", **on(provider, area.officer))
    with pytest.raises(Refused, match="its entry in the register is “to approve”"):
        commission(area, provider=provider)
    db.session.rollback()
    operations.approve(provider, **on(provider, area.deputy))
    assert commission(area, provider=provider)
    operations.end(provider, reason="It closed", **on(provider, area.officer))
    assert provider.state is ProviderState.ENDED


@pytest.mark.both_databases
def test_two_officers_renew_due_diligence(area: SimpleNamespace) -> None:
    provider = approved(area)
    told = to_contact()
    operations.renew(provider, days=days(300), **on(provider, area.officer))
    assert (provider.state, provider.approved_by) == (ProviderState.PROPOSED, None)
    with pytest.raises(Refused, match="its entry in the register is “to approve”"):
        commission(area, provider=provider)
    db.session.rollback()
    with pytest.raises(Refused, match="Another officer approves it"):
        operations.approve(provider, **on(provider, area.officer))
    db.session.rollback()
    operations.approve(provider, **on(provider, area.deputy))
    assert provider.state is ProviderState.APPROVED
    assert to_contact() == told  # nothing is new to the contact


def test_who_records_due_diligence_does_not_approve_it(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    third = make.staff(RoleName.OFFICER, "Tess Third")
    provider = propose(area)
    operations.renew(provider, days=days(), **on(provider, area.deputy))
    with pytest.raises(Refused, match="Another officer approves it"):
        operations.approve(provider, **on(provider, area.deputy))
    db.session.rollback()
    waits = [
        who for who in (area.officer, area.deputy, third) if "Approve the" in sign_in(who).get("/work").text
    ]
    assert waits == [third]
    operations.approve(provider, **on(provider, third))


def to_contact() -> list[str]:
    letters = db.session.query(Letter).filter_by(email="bea@bright.example").order_by(Letter.id)
    return [letter.subject for letter in letters]


@pytest.mark.both_databases
def test_an_ended_provider_is_proposed_again(area: SimpleNamespace, sign_in: SignIn) -> None:
    provider = approved(area)
    operations.end(provider, reason="It closed", **on(provider, area.officer))
    with pytest.raises(Refused, match=r"in the register as ended\. Open it there and propose it again"):
        operations.propose(
            area.fund,
            name=provider.name,
            number="",
            contact_name="Bea Bright",
            contact_email=provider.contact_email,
            expertise=[],
            user=area.officer,
            now=NOW,
        )
    db.session.rollback()
    page = sign_in(area.deputy).get(provider.path).text
    assert "Propose it again" in page
    assert "can’t be taken up again" not in page
    said = {"reason": "It opened again", "version": provider.version}
    answer = sign_in(area.officer).post(f"{provider.path}/steps/propose-again", data=said)
    assert answer.status_code == 302
    db.session.refresh(provider)
    assert provider.state is ProviderState.PROPOSED
    with pytest.raises(Refused, match="Another officer approves it"):
        operations.approve(provider, **on(provider, area.officer))
    db.session.rollback()
    operations.approve(provider, **on(provider, area.deputy))
    assert to_contact().count("Bright Learning Ltd: you are in our register of providers") == 2


def test_the_contact_does_not_decide_about_their_own(area: SimpleNamespace) -> None:
    provider = propose(area, contact_email=area.deputy.email)
    with pytest.raises(Refused, match="You are this provider’s contact"):
        operations.approve(provider, **on(provider, area.deputy))

    db.session.rollback()
    with pytest.raises(Refused, match="You are this provider’s contact"):
        operations.renew(provider, days=days(), **on(provider, area.deputy))
    db.session.rollback()
    with pytest.raises(Refused, match="You are this provider’s contact"):
        propose(area, name="My Firm Ltd", contact_email=area.officer.email.upper())


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"dbs_seen_on": TODAY + timedelta(days=1)}, "DBS checks: it can’t have been seen in the future"),
        ({"dbs_due_on": TODAY - timedelta(days=10)}, "due again after the day it was seen"),
        ({"dbs_due_on": date(9998, 1, 1)}, "within five years of today"),
        ({"dbs_due_on": date(1900, 1, 1)}, "within five years of today"),
        ({"dbs_seen_on": date(1900, 1, 1)}, "within five years of today"),
        ({"dbs_seen_on": None}, "enter both the day it was seen and the day it is due again"),
        ({"dbs_due_on": None}, "enter both the day it was seen and the day it is due again"),
    ],
)
def test_days_of_due_diligence_that_can_not_be_are_refused(
    area: SimpleNamespace, changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        propose(area, {**days(), **changes})


def test_due_diligence_may_be_recorded_part_by_part(area: SimpleNamespace) -> None:
    provider = propose(
        area,
        {name: None for name in days()} | {"dbs_seen_on": TODAY, "dbs_due_on": TODAY + timedelta(days=200)},
    )
    assert provider.dbs_seen_on == TODAY
    assert provider.insurance_seen_on is None


def test_my_work_tells_of_providers_and_of_due_diligence_that_ends(
    area: SimpleNamespace, sign_in: SignIn
) -> None:
    lacking = {**days(), "dbs_seen_on": None, "dbs_due_on": None}
    provider = propose(area, lacking)
    assert "Record the due diligence" in sign_in(area.officer).get("/work").text
    assert "the provider" not in sign_in(area.deputy).get("/work").text  # nothing is to approve yet
    operations.renew(provider, days=days(30), **on(provider, area.officer))
    assert "Record the due diligence" not in sign_in(area.officer).get("/work").text
    assert "Approve the provider" not in sign_in(area.officer).get("/work").text
    assert "Approve the provider" in sign_in(area.deputy).get("/work").text
    operations.approve(provider, **on(provider, area.deputy))
    assert "Renew the due diligence" in sign_in(area.officer).get("/work").text
    operations.renew(provider, days=days(31), **on(provider, area.officer))
    operations.approve(provider, **on(provider, area.deputy))
    assert "Renew the due diligence" not in sign_in(area.officer).get("/work").text


def test_the_pages_propose_approve_and_commission(make: Make, area: SimpleNamespace, sign_in: SignIn) -> None:
    area.fund.checks_support = True
    db.session.commit()
    client = sign_in(area.officer)
    empty = client.post("/providers/new", data={"name": "", "fund": str(area.fund.id)})
    assert (empty.status_code, "Enter the name of the provider" in empty.text) == (422, True)
    sent = {"fund": str(area.fund.id), "name": "Bright Learning Ltd", "contact_name": "Bea Bright"}
    sent |= {"contact_email": "bea@bright.example", "expertise": "maths"}
    assert "due again" not in client.get("/providers/new").text  # that comes after it
    assert client.post("/providers/new", data=sent).status_code == 302
    provider = db.session.query(Provider).one()
    sent = {"version": provider.version}
    for name, day in days().items():
        sent |= {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}
    assert client.post(f"{provider.path}/steps/renew", data=sent).status_code == 302
    db.session.refresh(provider)
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
