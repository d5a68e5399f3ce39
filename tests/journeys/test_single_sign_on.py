"""An administrator connects their council account, signs in with it, and confirms by a code that it is them.

The sign-in service is another site (`localhost`), as a real one is.
"""

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from fundflow.accounts.first_administrator import add_person
from fundflow.extensions import db
from fundflow.funds.operations.funds import create_fund
from fundflow.models.fund import Fund
from fundflow.models.person import RoleName, User
from tests.accounts.provider import Provider, running, settings_of
from tests.journeys.conftest import World

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.one_database]

UNA, GRACE = "una@brackenford.example", "grace@brackenford.example"
WITH = "Sign in with your council account"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running("localhost") as service:
        yield service


@pytest.fixture
def world(new_world: Callable[..., World], provider: Provider) -> World:
    world = new_world(datetime.now(UTC), **settings_of(provider))
    with world.app.app_context():
        for email, name, role in (
            (UNA, "Una Admin", RoleName.ADMINISTRATOR),
            (GRACE, "Grace Lin", RoleName.CLERK),
        ):
            add_person(email=email, role=role, name=name, now=world.moment)
        create_fund(
            name="School fund",
            council="Brackenford",
            la_code="899",
            prefix="LSIF",
            user=db.session.scalar(select(User).where(User.email == UNA)),
            now=world.moment,
        )
        db.session.remove()
    return world


def ask_for(world: World, **roles: list[str]) -> None:
    with world.app.app_context():
        for name, wanted in roles.items():
            setattr(db.session.scalars(select(Fund)).one(), name, wanted)
        db.session.commit()
        db.session.remove()


def there_and_back(world: World, page: Page, link: str) -> None:
    page.get_by_role("link", name=link).click()
    page.get_by_role("link", name="Yes, it is me").click()
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    world.audit(page)
    page.get_by_role("button", name="Continue").click()


def test_the_way_through_the_council_account(world: World, provider: Provider) -> None:
    with world.visitor(UNA) as page:
        page.goto("/me")
        there_and_back(world, page, "Connect your council account")
        expect(page.get_by_text("Your council account is connected")).to_be_visible()
        world.audit(page)
        page.get_by_role("button", name="Sign out", exact=True).press("Enter")  # the audit has just zoomed
        expect(page.get_by_text("You are signed out.")).to_be_visible()
        page.goto("/sign-in?next=/people")
        world.audit(page)
        there_and_back(world, page, WITH)
        expect(page).to_have_url(f"{world.url}/people")

    with world.visitor(phone=True) as page:
        page.goto("/sign-in")
        page.get_by_role("link", name=WITH).click()
        page.get_by_role("link", name="Cancel").click()
        expect(page.get_by_text("You did not finish signing in")).to_be_visible()
        world.forgive("GET", 403)
        world.audit(page)
        provider.silent = {"/token"}
        page.goto("/sign-in")
        page.get_by_role("link", name=WITH).click()
        page.get_by_role("link", name="Yes, it is me").click()
        begun = time.monotonic()
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_text("does not answer")).to_be_visible()
        assert time.monotonic() - begun < 3
        world.forgive("POST", 503)
        provider.silent = set()
        provider.subject = "somebody-else"
        page.goto("/sign-in")
        there_and_back(world, page, WITH)
        expect(page.get_by_text("No account here is connected")).to_be_visible()
        world.forgive("POST", 403)
    assert not world.trouble


def emailed_code(world: World, page: Page) -> str:
    """The code of a letter asked for here and now."""
    page.get_by_role("button", name="Email me a code").click()
    world.work()
    letter = [m for m in world.post.to(UNA) if m["Subject"] == "The code you asked for"][-1]
    code = re.search(r"^(\d{6})\s*$", letter.get_content(), re.M)
    assert code
    return code[1]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_code_and_then_the_council_account_before_an_appointment(
    world: World, provider: Provider, javascript: bool
) -> None:
    world.javascript = javascript
    ask_for(world, code_roles=["administrator"])
    with world.visitor(UNA, phone=True) as page:
        page.goto("/people?search=Grace")
        page.get_by_role("link", name="Grace Lin").click()
        page.get_by_role("link", name="A role with the council").click()
        expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
        world.audit(page)
        code = emailed_code(world, page)
        page.get_by_label("Six-digit code").fill("12")
        page.get_by_role("button", name="Confirm", exact=True).click()
        world.forgive("POST", 409)
        world.audit(page)
        page.get_by_label("Six-digit code").fill(code)
        page.get_by_role("button", name="Confirm", exact=True).click()
        expect(page.get_by_role("heading", name="Add a role")).to_be_visible()

        page.goto("/me")
        page.get_by_role("link", name="Connect your council account").click()
        world.audit(page)  # an open browser is not enough
        code = emailed_code(world, page)
        page.get_by_label("Six-digit code").fill(code)
        page.get_by_role("button", name="Confirm", exact=True).click()
        there_and_back(world, page, "Connect your council account")
        ask_for(world, single_sign_on_roles=["administrator"])
        page.goto("/people/invite/role")
        world.audit(page)
        page.get_by_role("button", name="Sign in again").click()
        page.get_by_role("link", name="Yes, it is me").click()
        page.get_by_role("button", name="Continue").click()
        expect(page).to_have_url(f"{world.url}/people/invite/role")
    assert not world.trouble
