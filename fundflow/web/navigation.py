"""The service navigation: one table, a row a page, shown to whom it serves."""

from datetime import datetime
from typing import NamedTuple

from fundflow.models.fund import Module
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.web import modules
from fundflow.web.access import SIGNED_IN, Rule, roles


class Place(NamedTuple):
    """`unless`: whom another place leads there, so that their row stays on one line; `also`: where it leads
    besides."""

    text: str
    path: str
    rule: Rule
    unless: Rule = roles()  # nobody
    also: tuple[str, ...] = ()

    def leads_to(self, path: str) -> bool:
        return any(_is_under(path, one) for one in self.also)


def _is_under(path: str, place: str) -> bool:
    return path == place or path.startswith(place + "/")


SERVICES = roles(
    R.OFFICER, R.DEPUTY_OFFICER, R.FINANCE, R.AUDITOR, R.ADMINISTRATOR, school=True, module=Module.CATALOGUE
)
SURVEYS = roles(R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR, R.ADMINISTRATOR, school=True, module=Module.SURVEYS)
GOOD_PRACTICE = Rule(signed_in=True, module=Module.SHARING)
PLACES = (
    Place("My work", "/work", SIGNED_IN, also=("/surveys", "/desk", "/calendar")),
    Place("Bids", "/bids", SIGNED_IN),
    Place(
        "Meetings",
        "/meetings",
        roles(R.OFFICER, R.DEPUTY_OFFICER, R.CLERK, R.AUDITOR, R.AUTHORISED_OFFICER, panel=True),
    ),
    Place(
        "Money",
        "/money",
        roles(
            R.FINANCE, R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR, R.AUTHORISED_OFFICER, R.IMPACT_OFFICER, R.BOARD
        ),
        also=("/dashboard", "/board", "/papers"),
    ),
    Place(
        "Dashboard",
        "/dashboard",
        roles(
            R.FINANCE, R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR, R.AUTHORISED_OFFICER, R.IMPACT_OFFICER, R.BOARD
        ),
        unless=roles(R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR),  # from Money
        also=("/board", "/papers"),
    ),
    Place(
        "Board",
        "/board",
        roles(R.OFFICER, R.DEPUTY_OFFICER, R.CLERK, R.FINANCE, R.IMPACT_OFFICER, R.AUDITOR, R.BOARD),
        unless=roles(R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR),  # from the dashboard
        also=("/papers",),
    ),
    Place("Impact", "/impact", roles(R.IMPACT_OFFICER)),
    Place(
        "Brokering",
        "/brokering",
        roles(R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR),
        also=(
            "/directory",
            "/support",
            "/good-practice",
            "/engagement",
            "/surveys",
            "/services",
            "/advisers",
            "/providers",
            "/quality-checks",
        ),
    ),
    Place(
        "Directory",
        "/directory",
        SIGNED_IN,
        unless=roles(R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR),  # from Brokering
        also=("/support", "/good-practice", "/engagement"),
    ),
    Place(
        "Good practice",
        "/good-practice",
        GOOD_PRACTICE,
        unless=roles(
            R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR, R.ADMINISTRATOR
        ),  # from Brokering or the directory
    ),
    Place("Services", "/services", SERVICES, unless=roles(R.AUDITOR)),  # from Brokering
    Place(
        "Advisers",
        "/advisers",
        roles(R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR, R.ADMINISTRATOR, module=Module.ADVISERS),
        unless=roles(R.AUDITOR),  # from Brokering
    ),
    Place("Schools", "/schools", SIGNED_IN),
    Place(
        "Rounds", "/rounds", SIGNED_IN, unless=roles(R.AUDITOR, R.ADMINISTRATOR)
    ),  # from the fund, and the footer
    Place("Awards", "/register", SIGNED_IN),
    Place("People", "/people", roles(R.ADMINISTRATOR, R.AUDITOR)),
    Place("Fund", "/funds", roles(R.ADMINISTRATOR, R.AUDITOR), also=("/rounds", "/surveys")),
    Place("Letters", "/letters", roles(R.ADMINISTRATOR, R.AUDITOR)),
)


def navigation(user: User, now: datetime, path: str) -> list[dict[str, object]]:
    """The items of the service navigation for this person; the one of a page is active: its own place, else
    the last that leads there."""
    shown = [
        place
        for place in PLACES
        if modules.is_on(place.rule.module)
        and place.rule.allows(user, now)
        and not place.unless.allows(user, now)
    ]
    own = (place for place in shown if _is_under(path, place.path))
    here = next(own, None) or next((place for place in reversed(shown) if place.leads_to(path)), None)
    return [{"text": place.text, "href": place.path, "active": place is here} for place in shown]
