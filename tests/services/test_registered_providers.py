"""Independent providers of services, where the fund keeps a register of them."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from fundflow.models.provider import Provider
from fundflow.workflow.provider import ProviderState
from tests.factories import NOW, TODAY, Make
from tests.services.test_pages import SignIn, read


@pytest.fixture
def registered(area: SimpleNamespace, make: Make) -> Provider:
    area.fund.checks_support = True
    approved = {"state": ProviderState.APPROVED, "approved_by": make.user(), "approved_at": NOW}
    found = make.provider(area.fund, proposed_by=area.officer, **approved)
    make.session.commit()
    return found


def form_for(area: SimpleNamespace, **given: str) -> dict[str, object]:
    return {
        "fund": str(area.fund.id),
        "name": "Coaching",
        "included": "Four visits.",
        "provider_kind": "independent",
        "unit": "a year",
        "price_pence": "100",
        "vat_code": "exempt",
        "terms": ["1"],
        "kinds": ["maintained"],
        **given,
    }


def test_an_independent_provider_is_one_of_the_register(
    area: SimpleNamespace, registered: Provider, sign_in: SignIn
) -> None:
    client = sign_in(area.officer)
    page = client.get("/services/add").text
    assert "Bright Learning Ltd" in page
    assert "Name of the independent provider" not in page
    typed = form_for(area, provider_name="Somebody Ltd", provider_email="a@somebody.example")
    refused = client.post("/services/add", data=typed)
    assert refused.status_code == 422
    assert "Select a provider" in refused.text
    added = client.post("/services/add", data=form_for(area, provider_registered=str(registered.id)))
    assert added.status_code == 302
    text = read(client, added.location)
    assert "Bright Learning Ltd" in text
    assert "bea@bright.example" in text
    assert "due diligence" not in text


def test_officers_read_what_of_the_due_diligence_has_lapsed(
    area: SimpleNamespace, registered: Provider, make: Make, sign_in: SignIn
) -> None:
    assert "Clerks Ltd is not in the register" in read(sign_in(area.officer), area.clerking.path)
    area.clerking.provider_name = registered.name
    registered.insurance_due_on = TODAY - timedelta(days=1)
    make.session.commit()
    lapsed = "The due diligence of Bright Learning Ltd is not in force: Insurance was due again"
    assert lapsed in read(sign_in(area.officer), area.clerking.path)
    assert "due diligence" not in read(sign_in(area.head), area.clerking.path)


def test_a_provider_of_another_fund_s_register_is_refused(
    area: SimpleNamespace, registered: Provider, make: Make, sign_in: SignIn
) -> None:
    other = make.fund(sells_services=True, checks_support=True)
    make.session.commit()
    form = form_for(area, fund=str(other.id), provider_registered=str(registered.id))
    refused = sign_in(area.officer).post("/services/add", data=form)
    assert refused.status_code == 409
    assert "Bright Learning Ltd is not in the register of" in refused.text
