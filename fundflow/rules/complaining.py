"""Where people complain or report wrongdoing: what a fund says of it (docs/rules.md, "Publication")."""

from typing import Any, NamedTuple


class Route(NamedTuple):
    """One way: what it is for, what the fund says of it, and a page of ours for it, if there is one."""

    heading: str
    text: str
    link: str = ""
    link_text: str = ""


def routes_of(fund: Any) -> list[Route]:
    """The ways that a fund (or a row with its three columns) gives, as pages show them; none is empty."""
    contact = fund.data_protection_contact
    found = (
        Route("Complain about the fund", fund.complaints),
        Route("Report wrongdoing (whistle-blowing)", fund.whistleblowing),
        Route(
            "Complain about our use of data",
            f"Write to the data protection officer: {contact}" if contact else "",
            "/privacy#complaints",
            "How we answer, and who else you can ask",
        ),
    )
    return [route for route in found if route.text]
