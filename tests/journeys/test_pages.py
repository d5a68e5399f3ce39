"""Every kind of page of the demonstration, as each person sees it: whole, accessible, phone-sized."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from fundflow.web import access
from tests.journeys.audit import MOVED_SIDEWAYS, OUT_OF_SIGHT, violations
from tests.journeys.conftest import DEMONSTRATED_AT as NOW
from tests.journeys.conftest import StoppedClock, World, opened

pytestmark = pytest.mark.browser

# Who looks at which pages; {state} is the reference of the first bid in that state.
PAGES = {
    "": (
        "/",
        "/sign-in",
        "/demo",
        "/demo/mailbox",
        "/register",
        "/case-studies",
        "/case-studies/1",
        "/fund/1",
        "/papers",
        "/papers/1",
        "/accessibility",
        "/privacy",
        "/help",
        "/help/officer",
        "/no-such-page",
    ),
    "Amara Nwosu": (
        "/work",
        "/work/start-the-review",
        "/bids",
        "/bids/new",
        "/bids/{draft}/form",
        "/bids/{draft}/form/schools",
        "/bids/{draft}/form/schools/schools/add",
        "/bids/{draft}/form/need",
        "/bids/{draft}/form/outcomes",
        "/bids/{draft}/form/costs",
        "/bids/{draft}/form/check",
        "/bids/{submitted}",
        "/bids/{submitted}/application",
        "/bids/{submitted}/steps/withdraw",
        "/bids/{logged}/days",
        "/bids/{logged}/days/confirm",
        "/bids/{logged}/days/costs/add",
        "/bids/{logged}/claims/new",
        "/bids/{logged}/changes",
        "/bids/{logged}/ask-termination",
        "/schools",
        "/register",
        "/me",
    ),
    "Margaret Ellis-Thornton": (
        "/bids/{returned}",
        "/bids/{returned}/form",
        "/bids/{returned}/form/outcomes",
        "/bids/{suspended}",
        "/bids/{suspended}/money",
        "/bids/{suspended}/days",
    ),
    "Robert Lane": (
        "/bids/{offered}",
        "/bids/{offered}/steps/accept-offer",
        "/bids/{offered}/steps/turn-down-offer",
    ),
    "Clare Donnelly": (
        "/bids/{in_monitoring_due}/impact",
        "/bids/{in_monitoring_due}/report",
        "/bids/{in_monitoring_due}/feedback",
        "/bids/{in_monitoring_due}/history",
    ),
    "Priya Raman": (
        "/work",
        "/bids",
        "/bids?officer=mine&due=overdue&sort=-age",
        "/desk/cover",
        "/desk/hand-over",
        "/bids/{in_review}",
        "/bids/{in_review}/review",
        "/bids/{in_review}/letters",
        "/bids/{in_review}/people",
        "/me/address",
        "/bids/{in_review}/steps/return-for-changes",
        "/bids/{in_review}/steps/recommend",
        "/bids/{closed}/panel",
        "/bids/{closed}/impact",
        "/bids/{closed}/case-study",
        "/bids/{closed}/follow-up",
        "/bids/{closed}/follow-up/new",
        "/bids/{closed}/visits/new",
        "/bids/{closed}/history",
        "/meetings",
        "/money",
        "/ranking",
        "/bids/{held}/decision-letter",
        "/bids/{corrected}/panel",
        "/bids/{bound}/conditions",
        "/bids/{corrected}/reasons",
        "/dashboard?year=2026&phase=2&tier=2",
        "/board",
        "/board/papers/new",
        "/board/papers/1",
        "/board/papers/1/steps/correct",
        "/board/papers/1/steps/unpublish",
        "/board/papers/2",
        "/board/papers/2/head",
        "/board/papers/2/sections/1",
        "/board/papers/2/redraw",
        "/board/papers/2/steps/discard",
        "/board/recommendations/new",
        "/board/recommendations/1",
        "{change}",
        "{change}/steps/agree",
        "/schools/899001",
        "/schools/899001/inspections/add",
        "/schools/899001/inspections/add/report_card",
        "/schools/899001/inspections/1/correct",
        "/schools/899001/inspections/1/remove",
        "/schools/899001/targets/add",
        "/schools/899001/targets/1",
        "/schools/899001/targets/1/change",
        "/schools/899001/targets/1/figures/add",
        "/schools/899001/targets/1/end",
        "/schools/targets",
        "/schools/tiers?sort=-tier",
    ),
    "Helen Abbott": ("/impact", "/dashboard", "/bids/{closed}/value", "/bids/{closed}/report/versions/1"),
    "Grace Lin": (
        "/work",
        "/meetings",
        "/meetings/new",
        "/meetings/{meeting}",
        "/meetings/{meeting}/items/{item}",
        "/meetings/{meeting}/ranking",
        "/meetings/{meeting}/change",
        "/meetings/{meeting}/items/{scored}",
        "/meetings/{meeting}/items/{scored}/scores",
        "/meetings/{last_meeting}/minutes",
        "/panel",
        "/panel/register",
        "/board",
        "/board/papers/2",
        "/board/recommendations/1",
        "/calendar",
    ),
    "Sue Tan": (
        "/work",
        "/meetings/{meeting}",
        "/meetings/{meeting}/items/{item}",
        "/meetings/{meeting}/items/{item}/papers",
        "/meetings/{meeting}/items/{scored}/scores",
        "/interests",
    ),
    "Anita Joshi": ("/meetings/{meeting}/items/{scored}/my-scores",),
    "Marcus Webb": ("/work", "/board", "/board/papers/1", "/meetings/{meeting}", "/bids/{questioned}/panel"),
    "Karen Whitlock": ("/bids/{held}", "/our-staff", "/bids/new"),
    "Tunde Bello": ("/bids/{bound}/conditions", "/register"),
    "Ruth Ellery": ("/work",),
    "Owen Clarke": (
        "/work",
        "/money",
        "/money/ledger",
        "/money/ledger?fund=1&year=2026",
        "/money/schools/899015",
        "/bids/{in_delivery}/money/statement",
        "/bids/{in_delivery}/money",
        "/bids/{in_delivery}/blocks/new",
        "/bids/{suspended}/money",
        "/bids/{in_delivery}/days",
        "/money/waiting/1/to-check",
        "/money/waiting/1/held",
        "/money/forecast",
        "/money/payees",
        "/money/payees?show=needs",
        "/money/payees/899015",
        "/money/payees/899021",
        "/money/payees/899021/propose",
        "/money/payees/upload",
        "/money/payees/batches/1",
        "/money/payees/records/{proposed_payee}/steps/confirm",
        "/money/openings",
        "/money/openings/enter/1",
        "/money/openings/upload/1",
        "/money/openings/1",
        "/money/runs",
        "/money/runs/gather/1",
        "/money/runs/1",
        "/money/runs/1/steps/answer",
        "/money/layouts/1",
        "/money/layouts/1/add?from=gl07",
    ),
    "Ian Potts": (
        "/schools/registers",
        "/schools/registers/add",
        "/schools/trusts",
        "/schools/trusts/add",
        "/work",
        "/people",
        "/people/invite",
        "/people/invite/role",
        "/people/invite/many",
        "/people/1/change",
        "/data-protection",
        "/data-protection/due",
        "/privacy/complain",
        "/data-protection/export?q=priya",
        "/funds",
        "/funds/1",
        "/funds/1/settings",
        "/funds/1/letter-words",
        "/funds/brand",
        "/funds/1/lines/add",
        "/funds/1/rounds/1/publish",
        "/letters",
        "/funds/1/measures",
        "/funds/1/measures/add",
        "/funds/1/days-off",
        "/funds/1/days-off/add",
        "/funds/1/days-off/import",
        "/funds/1/rules",
        "/funds/1/rules/history",
        "/funds/1/rules/change",
    ),
    "Joan Baker": (
        "/work",
        "/letters",
        "/bids/{ineligible}",
        "/bids/{closed}/audit-pack",
        "/audit/acts/decisions",
        "/audit/views/bids",
        "/audit/seals",
        "/audit/sample?seed=a&of=decisions",
    ),
    "Vera Holloway": ("/work", "/dashboard", "/board", "/money"),
}


@pytest.fixture
def demo(
    demonstration: tuple[str, dict[str, object]],
    browser: Browser,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    url = demonstration[0]
    if url.startswith("sqlite"):
        copy = tmp_path / "demo.sqlite3"
        shutil.copy(url.removeprefix("sqlite:///"), copy)
        url = f"sqlite:///{copy}"
    with opened(browser, url, NOW, tmp_path, DEMO=True) as world:
        monkeypatch.setattr(access, "datetime", StoppedClock(world))
        yield world


def be(page: Page, name: str) -> None:
    if name:
        page.goto("/demo")
        page.get_by_role("button", name=f"Sign in as {name}").click()


def troubles(page: Page, path: str) -> list[str]:
    """What is wrong with a page: its answer, its heading, its title, its accessibility, its width."""
    answer = page.goto(path)
    found = []
    expected = 404 if path == "/no-such-page" else 200
    if answer is None or answer.status != expected:
        return [f"{path}: {answer.status if answer else 'no answer'}"]
    if page.locator("h1").count() != 1:
        found.append(f"{path}: {page.locator('h1').count()} headings of the first rank")
    if "School improvement fund" not in page.title():
        found.append(f"{path}: its title is {page.title()!r}")
    if said := violations(page):
        found.append(f"{path}: {said}")
    page.set_viewport_size({"width": 360, "height": 740})
    found += too_wide(page, path, 360)
    if hidden := page.evaluate(OUT_OF_SIGHT):
        found.append(f"{path}: out of sight on a phone: {hidden[:5]}")
    if moved := page.evaluate(MOVED_SIDEWAYS):
        found.append(f"{path}: must be moved sideways on a phone: {moved[:5]}")
    page.set_viewport_size({"width": 1200, "height": 900})
    return found


def too_wide(page: Page, path: str, most: int) -> list[str]:
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"{path}: {width} pixels wide where there are {most}"] if width > most else []


# A head and nobody; the others' pages are looked at in the rest.
WIDEST = ("", "Amara Nwosu")


@pytest.mark.parametrize(
    "name",
    [name if name in WIDEST else pytest.param(name, marks=pytest.mark.thorough) for name in PAGES],
    ids=lambda name: name or "nobody",
)
def test_pages_are_whole_accessible_and_fit_a_phone(
    demo: World, demonstration: tuple[str, dict[str, object]], name: str
) -> None:
    with demo.visitor() as page:
        be(page, name)
        found = [said for path in PAGES[name] for said in troubles(page, path.format(**demonstration[1]))]
    assert not found, "\n".join(found)


def test_pages_in_the_councils_colour_with_its_logo_are_accessible_and_fit_a_phone(
    demo: World, tmp_path: Path
) -> None:
    logo = tmp_path / "logo.png"
    Image.new("RGB", (600, 100), "#336633").save(logo)
    with demo.visitor() as page:
        be(page, "Ian Potts")
        page.goto("/funds/brand")
        page.get_by_label("Colour of the header").fill("#767676")  # the lightest grey that may be
        page.get_by_label("Logo", exact=True).set_input_files(logo)
        page.get_by_label("What does the logo show?").fill("Oak tree")
        page.get_by_role("button", name="Show how it looks").click()
        page.wait_for_url("**/funds/brand/preview")
        found = troubles(page, "/funds/brand/preview")
        page.get_by_role("button", name="Put them in force").click()
        page.wait_for_url("**/funds/brand")
        found += [said for path in ("/funds/brand", "/work") for said in troubles(page, path)]
        page.get_by_role("button", name="Sign out").click()
        found += troubles(page, "/sign-in")
        header = page.locator(".ff-header")
        assert header.evaluate("it => getComputedStyle(it).backgroundColor") == "rgb(118, 118, 118)"
        drawn = page.get_by_role("img", name="Oak tree")
        assert drawn.evaluate("it => it.naturalWidth") == 600
        assert drawn.bounding_box()["width"] <= 210
    assert not found, "\n".join(found)
