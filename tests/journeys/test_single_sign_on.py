"""Staff connect their council account, sign in with it, and confirm by a code that it is them.

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
from fundflow.accounts.openid import DISCOVERY
from fundflow.extensions import db
from fundflow.funds.operations.funds import create_fund
from fundflow.models.fund import Fund
from fundflow.models.person import RoleName, User
from tests.accounts.provider import Provider, running, settings_of
from tests.journeys.conftest import World
from tests.journeys.hands import go_by

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.one_database]

UNA, GRACE, PRIYA = "una@brackenford.example", "grace@brackenford.example", "priya@brackenford.example"
ASK = "fund@brackenford.example"
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
            (PRIYA, "Priya Raman", RoleName.OFFICER),
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


def ask_for(world: World, **settings: object) -> None:
    """Of the fund."""
    with world.app.app_context():
        for name, wanted in settings.items():
            setattr(db.session.scalars(select(Fund)).one(), name, wanted)
        db.session.commit()
        db.session.remove()


def there_and_back(world: World, page: Page, link: str) -> None:
    hand = world.hand(page)
    hand.click(page.get_by_role("link", name=link))
    hand.click(page.get_by_role("link", name="Yes, it is me"))
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    world.audit(page)
    hand.click(page.get_by_role("button", name="Continue"))


def test_the_way_through_the_council_account(world: World, provider: Provider) -> None:
    with world.visitor(UNA) as page:
        hand = world.hand(page)
        page.goto("/me")
        there_and_back(world, page, "Connect your council account")
        expect(page.get_by_text("Your council account is connected")).to_be_visible()
        world.audit(page)
        go_by(hand, page.get_by_role("button", name="Sign out", exact=True).first)
        page.goto("/sign-in?next=/people")
        world.audit(page)
        there_and_back(world, page, WITH)
        expect(page).to_have_url(f"{world.url}/people")

    with world.visitor(phone=True) as page:
        hand = world.hand(page)
        page.goto("/sign-in")
        hand.click(page.get_by_role("link", name=WITH))
        hand.click(page.get_by_role("link", name="Cancel"))
        expect(page.get_by_text("You did not finish signing in")).to_be_visible()
        world.forgive("GET", 403)
        world.audit(page)
        provider.silent = {"/token"}
        page.goto("/sign-in")
        hand.click(page.get_by_role("link", name=WITH))
        hand.click(page.get_by_role("link", name="Yes, it is me"))
        begun = time.monotonic()
        hand.click(page.get_by_role("button", name="Continue"))
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
    go_by(world.hand(page), page.get_by_role("button", name="Email me a code"))
    world.work()
    letter = [m for m in world.post.to(UNA) if m["Subject"] == "The code you asked for"][-1]
    code = re.search(r"^(\d{6})\s*$", letter.get_content(), re.M)
    assert code
    return code[1]


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_an_officer_comes_in_and_a_stranger_reads_whom_to_ask(
    world: World, provider: Provider, javascript: bool
) -> None:
    world.javascript = javascript
    ask_for(world, contact_email=ASK)
    with world.visitor(phone=True) as page:
        hand = world.hand(page)
        provider.silent = {DISCOVERY}
        page.goto("/sign-in")
        begun = time.monotonic()
        hand.click(page.get_by_role("link", name=WITH))
        expect(page.get_by_text("does not answer")).to_be_visible()
        assert time.monotonic() - begun < 3
        world.forgive("GET", 503)
        provider.silent = set()
        hand.click(page.get_by_role("link", name="Sign in", exact=True).last)
        there_and_back(world, page, WITH)
        expect(page.get_by_text("No account here is connected")).to_be_visible()
        expect(page.get_by_text("ask an administrator of the fund")).to_be_visible()
        expect(page.get_by_role("link", name=ASK)).to_be_visible()
        world.forgive("POST", 403)
        page.goto("/work")
        expect(page).to_have_url(re.compile("/sign-in"))  # still nobody

    with world.visitor(PRIYA) as page:
        hand = world.hand(page)
        page.goto("/me")
        there_and_back(world, page, "Connect your council account")
        expect(page.get_by_text("Your council account is connected")).to_be_visible()
    with world.visitor() as page:  # another browser
        hand = world.hand(page)
        page.goto("/sign-in")
        there_and_back(world, page, WITH)
        expect(page.get_by_role("heading", name="My work")).to_be_visible()
        page.goto("/me")
        expect(page.locator("main").get_by_text(PRIYA)).to_be_visible()
    assert not world.trouble


@pytest.mark.parametrize("javascript", [True, False])
def test_a_code_and_then_the_council_account_before_an_appointment(
    world: World, provider: Provider, javascript: bool
) -> None:
    world.javascript = javascript
    ask_for(world, code_roles=["administrator"])
    with world.visitor(UNA, phone=True) as page:
        hand = world.hand(page)
        page.goto("/people?search=Grace")
        hand.click(page.get_by_role("link", name="Grace Lin"))
        hand.click(page.get_by_role("link", name="A role with the council"))
        expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
        world.audit(page)
        code = emailed_code(world, page)
        hand.fill(page.get_by_label("Six-digit code"), "12")
        go_by(hand, page.get_by_role("button", name="Confirm", exact=True))
        world.forgive("POST", 409)
        world.audit(page)
        hand.fill(page.get_by_label("Six-digit code"), code)
        hand.click(page.get_by_role("button", name="Confirm", exact=True))
        expect(page.get_by_role("heading", name="Add a role")).to_be_visible()

        page.goto("/me")
        hand.click(page.get_by_role("link", name="Connect your council account"))
        expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
        world.audit(page)  # an open browser is not enough
        code = emailed_code(world, page)
        hand.fill(page.get_by_label("Six-digit code"), code)
        go_by(hand, page.get_by_role("button", name="Confirm", exact=True))
        there_and_back(world, page, "Connect your council account")
        ask_for(world, single_sign_on_roles=["administrator"])
        page.goto("/people/invite/role")
        world.audit(page)
        hand.click(page.get_by_role("button", name="Sign in again"))
        hand.click(page.get_by_role("link", name="Yes, it is me"))
        hand.click(page.get_by_role("button", name="Continue"))
        expect(page).to_have_url(re.compile("/people/invite/role(#main-content)?$"))
    assert not world.trouble
