"""The guides say what the service does, in its own words, and each role finds its own."""

import re
from collections.abc import Callable
from functools import cache

import pytest
from flask.testing import FlaskClient

from fundflow.config import ROOT
from fundflow.help.guides import FOLDER, GUIDES, guide
from fundflow.models.person import RoleName, SeatPosition, Standing, User
from fundflow.web import modules
from fundflow.workflow.processes import PROCESSES
from tests.factories import Make

SignIn = Callable[[User | None], FlaskClient]
TWO_MINUTES = 400  # words, at 200 a minute
PICTURE = re.compile(r"\]\(([\w-]+\.png)\)")


@cache
def words_of_the_service() -> str:
    """Every button of the tables, and the text of templates and code."""
    buttons = [step.button for process in PROCESSES.values() for step in process.steps]
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "fundflow").rglob("*.py")]
    return "\n".join([*buttons, *(file.read_text() for file in files)])


def text(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text()


def test_every_guide_has_its_row_and_every_role_its_guide() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.md")) == sorted(GUIDES)
    assert {kind for about in GUIDES.values() for kind in about.kinds} == {
        *RoleName,
        *Standing,
        *SeatPosition,
    }


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_names_buttons_that_there_are_and_takes_two_minutes(name: str) -> None:
    named = re.findall(r"\*\*(.+?)\*\*", text(name))
    assert [words for words in named if words not in words_of_the_service()] == []
    assert len(text(name).split()) <= TWO_MINUTES


def test_every_picture_is_there_and_shown() -> None:
    shown = {found for name in GUIDES for found in PICTURE.findall(text(name))}
    readme = set(re.findall(r"docs/help/([\w-]+\.png)", (ROOT / "README.md").read_text()))
    assert shown | readme == {path.name for path in FOLDER.glob("*.png")}


def test_a_guide_is_drawn_as_a_page(client: FlaskClient) -> None:
    page = client.get("/help/panel-chair").text
    assert guide("panel-chair").title in page
    assert '<a href="/help/panel-member" class="govuk-link">' in page
    assert '<img src="/help/pictures/call.png" alt="An item of the meeting" class="ff-picture"' in page
    assert '<th class="govuk-table__header" scope="col">When</th>' in page
    with client.get("/help/pictures/call.png") as picture:
        assert picture.mimetype == "image/png"


def test_each_table_of_a_guide_is_called_by_the_heading_above_it() -> None:
    named = re.findall(r'<table [^>]*aria-label="(.+?)"', guide("deciding-officer").html)
    assert named == ["Authorised officer", "Reviewing manager"]
    for name in GUIDES:
        html = guide(name).html
        assert html.count("<table") == html.count("aria-label="), name


@pytest.mark.parametrize("path", ["/help/nobody", "/help/pictures/none.png", "/help/pictures/%00.png"])
def test_what_is_no_guide_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_each_finds_the_guides_of_what_they_are(client: FlaskClient, make: Make, sign_in: SignIn) -> None:
    clerk = make.staff(RoleName.CLERK)
    make.session.commit()
    page = sign_in(clerk).get("/help").text
    yours, everybody = page.split("All guides")
    assert re.findall(r'href="/help/([\w-]+)"', yours) == ["clerk"]
    assert re.findall(r'href="/help/([\w-]+)"', everybody) == [n for n in GUIDES if not GUIDES[n].module]
    assert "For you" not in sign_in(None).get("/help").text


@pytest.mark.parametrize("name", [name for name, about in GUIDES.items() if about.module])
def test_the_guide_of_a_part_is_there_while_a_fund_uses_it(make: Make, sign_in: SignIn, name: str) -> None:
    module = GUIDES[name].module
    assert module
    fund, officer = make.fund(), make.staff(RoleName.OFFICER)
    make.session.commit()
    assert (
        sign_in(officer).get(f"/help/{name}").status_code,
        name in sign_in(officer).get("/help").text,
    ) == (
        404,
        False,
    )
    setattr(fund, module.value, True)
    make.session.commit()
    modules.forget()
    assert guide(name).title in sign_in(officer).get(f"/help/{name}").text
    assert f'href="/help/{name}"' in sign_in(officer).get("/help").text


def test_the_guide_to_caseloads_is_for_the_councils_people(make: Make, sign_in: SignIn) -> None:
    make.fund(keeps_caseloads=True)
    head = make.member(make.school())
    make.session.commit()
    for reader in (None, head, make.staff(RoleName.BOARD)):
        assert sign_in(reader).get("/help/caseloads").status_code == 404
        assert "Concern" not in sign_in(reader).get("/help").text
    for role in (RoleName.OFFICER, RoleName.AUDITOR):
        assert sign_in(make.staff(role)).get("/help/caseloads").status_code == 200
