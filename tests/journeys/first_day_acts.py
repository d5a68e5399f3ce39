"""What is done before there can be a bid, from the command line to the last invitation."""

import re

from playwright.sync_api import FilePayload

from tests.journeys import first_day_people as p
from tests.journeys.acts import Answers
from tests.journeys.conftest import PHONE
from tests.journeys.council import REAL_SCHOOLS, address
from tests.journeys.first_day_world import FirstDay
from tests.journeys.visitor import Chosen, Visitor, ticked

FUND = "Local School Improvement Fund"
CONTACT = {
    "Who to ask: name": "School improvement team",
    "Who to ask: email address": "fund@slough.example",
    "Who to ask: telephone": "01632 960 100",
}
MONEY = {
    "Where the money comes from": "Schools block, centrally retained",
    "Minute reference": "Schools Forum 8 December 2026, item 7",
    "Financial year": Chosen("2026/27"),
    "Amount": "150,000",
    "Which schools may it pay?": ticked("Maintained schools", "Academies and free schools"),
}
OPEN_DATA = {
    "The council’s identifier (org-id) for open data": "GB-LAE-SLG",
    "Prefix of grants in 360Giving": "slough",
}
ROUND = {
    "Name of the round": "Rolling round",
    "When may schools bid?": ticked("At any time (a rolling round)"),
}


def install(day: FirstDay) -> Visitor:
    """What README says is the command line’s; the first administrator signs in by the printed link."""
    command = day.world.command
    command(
        "funds", "add", FUND, "--council", "Slough Borough Council", "--la-code", "871", "--prefix", "LSIF"
    )
    imported = command("schools", "import", str(REAL_SCHOOLS), "--year", "2019")
    assert re.search(r"\b47$", imported, re.M), imported
    role = ("--role", "administrator", "--name", p.ADMINISTRATOR)
    printed = command("people", "add", address(p.ADMINISTRATOR), *role)
    command("mail", "test", address(p.ADMINISTRATOR))
    administrator = day.visitors[p.ADMINISTRATOR] = day.visitor(p.ADMINISTRATOR)
    day.seen[p.ADMINISTRATOR] = day.world.moment
    administrator.open(printed.split()[-1])
    administrator.press("Sign in")
    return administrator


# What My work asks for, one after the other: the step, what is filled in, and the button.
SETTING_UP: tuple[tuple[str, Answers, str], ...] = (
    ("Say who schools may ask", CONTACT, "Save the settings"),
    ("Add the fund’s money", MONEY, "Add the line"),
    ("Add a round", ROUND, "Add the round"),
    ("Add the round’s priorities", {"Priority": "Disadvantaged pupils"}, "Add the priority"),
    ("Enter the council’s identifiers", OPEN_DATA, "Save the settings"),
)


def set_up(administrator: Visitor) -> None:
    """Step by step, until people alone are lacking and the round is a draft."""
    for line, answers, button in SETTING_UP:
        administrator.open("/work")
        administrator.follow(line)
        administrator.answer(answers)
        administrator.press(button)
    administrator.open("/work")
    administrator.reads(
        "The steps below get the fund ready.",
        f"Get {FUND} ready",
        "Invite a liaison officer",
        "Invite the panel",
    )
    administrator.fits_a_phone()


def publish(administrator: Visitor) -> None:
    """The last step."""
    administrator.open("/work")
    administrator.follow("Publish the round")
    administrator.press("Publish the round")
    administrator.open("/work")
    administrator.reads("Nothing waits for you")


def upload(administrator: Visitor, rows: list[p.Row]) -> None:
    """Have a file of people checked."""
    administrator.open("/people")
    administrator.follow("Invite many people from a CSV file")
    file: FilePayload = {"name": "people.csv", "mimeType": "text/csv", "buffer": p.as_csv(rows)}
    administrator.hand.upload(administrator.page.get_by_label("CSV file"), file)
    administrator.press("Check the file")


def invite_by_file(administrator: Visitor) -> None:
    """One line is wrong; it is put right, and the same file goes up again."""
    rows = p.rows()
    upload(administrator, [p.mistyped(row) for row in rows])
    administrator.reads(
        "Nothing is sent yet", "To be put right: 1", "six-digit URN", f"To be invited: {len(rows) - 1}"
    )
    _reads_well_on_a_phone(administrator, "To be put right: 1")
    administrator.press(f"Invite {len(rows) - 1} people")
    administrator.reads(f"{len(rows) - 1} people are invited")
    upload(administrator, rows)
    administrator.reads(f"{len(rows) - 1} people have an account already", "To be invited: 1", p.HEAD)
    administrator.press("Invite 1 person")
    administrator.reads("1 person is invited")
    upload(administrator, rows)
    administrator.reads("There is nobody to invite")


def _reads_well_on_a_phone(visitor: Visitor, caption: str) -> None:
    """Nothing stands outside the window, and a table’s caption is one line."""
    visitor.fits_a_phone()
    usual = visitor.page.viewport_size
    visitor.page.set_viewport_size(PHONE)
    tall = visitor.page.locator("caption", has_text=caption).bounding_box()
    region = visitor.page.locator(".ff-scroll").first
    assert tall
    assert tall["height"] < 50
    assert region.evaluate("box => box.scrollWidth <= box.clientWidth")
    visitor.page.set_viewport_size(usual)  # type: ignore[arg-type]


def seat_panel(administrator: Visitor) -> None:
    """Who has an account is given a seat; who has none is invited to one."""
    known = {row[0] for row in p.rows()}
    for name, (position, sector) in p.PANEL.items():
        administrator.open("/people")
        if name in known:
            administrator.answer({"Find by name or email address": name})
            administrator.press("Search")
            administrator.follow(name)
            administrator.follow("A seat on a panel")
        else:
            administrator.press("Invite somebody")
            administrator.follow("A seat on a panel")
            administrator.answer({"Email address": address(name), "Full name": name})
        administrator.answer(
            {
                "Which fund’s panel?": Chosen(FUND),
                "Position": ticked(position.words),
                "Speaks for": Chosen(sector.words),
            }
        )
        administrator.press("Add" if name in known else "Send the invitation")
        administrator.reads(name)
