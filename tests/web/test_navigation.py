"""The item of the navigation that a page belongs to is marked, for each who reaches it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundflow.models.person import RoleName as R
from tests.factories import Make

PARTS = (
    "asks_schools",
    "shares_practice",
    "keeps_caseloads",
    "sells_services",
    "has_advisers",
    "checks_support",
)
PAGES = {
    "/surveys": {R.OFFICER: "Brokering", R.ADMINISTRATOR: "Fund", None: "My work"},
    "/good-practice": {R.OFFICER: "Brokering", R.ADMINISTRATOR: "Directory", None: "Good practice"},
    "/good-practice/entries": {R.OFFICER: "Brokering", R.ADMINISTRATOR: "Directory"},
    "/engagement": {R.OFFICER: "Brokering", R.ADMINISTRATOR: "Directory"},
    "/schools/caseloads": {R.OFFICER: "Schools", R.ADMINISTRATOR: "Schools"},
    "/board": {R.OFFICER: "Money", R.CLERK: "Board", R.FINANCE: "Board"},
    "/board/recommendations/new": {R.OFFICER: "Money", R.CLERK: "Board"},
    "/papers": {R.OFFICER: "Money", R.FINANCE: "Board"},
    "/dashboard": {R.OFFICER: "Money", R.FINANCE: "Dashboard"},
    "/services": {R.OFFICER: "Services", R.AUDITOR: "Brokering", None: "Services"},
    "/advisers": {R.OFFICER: "Advisers", R.AUDITOR: "Brokering"},
    "/providers": {R.OFFICER: "Brokering"},
    "/quality-checks": {R.OFFICER: "Brokering"},
    "/directory": {R.OFFICER: "Brokering", None: "Directory"},
    "/support": {None: "Directory"},
    "/desk/cover": {R.OFFICER: "My work"},
    "/rounds": {R.OFFICER: "Rounds", R.ADMINISTRATOR: "Fund"},
}


@pytest.mark.parametrize(
    ("path", "role", "item"),
    [(path, role, item) for path, of in PAGES.items() for role, item in of.items()],
)
def test_a_page_marks_the_item_that_leads_to_it(
    make: Make, sign_in: Callable[[Any], FlaskClient], path: str, role: R | None, item: str
) -> None:
    """None: the head of a school."""
    make.fund(**dict.fromkeys(PARTS, True))
    user = make.staff(role) if role else make.member(make.school())
    make.session.commit()
    answer = sign_in(user).get(path)
    assert answer.status_code == 200
    nav = answer.text.partition('aria-label="Main"')[2].partition("</nav>")[0]
    marked = re.findall(r'aria-current="[a-z]+">\s*(?:<strong[^>]*>)?\s*([^<]+?)\s*<', nav)
    assert marked == [item]
