"""What the clerk, members and deciders do at the panel, through the pages as they see them."""

import re
from collections.abc import Mapping
from datetime import date

from tests.journeys import acts
from tests.journeys.visitor import Visitor, ticked

EQUALITY = "It helps disadvantaged pupils most."


def start(clerk: Visitor, meeting: int, ref: str) -> None:
    """Start the meeting from an item's page, and everybody joins."""
    acts.open_item(clerk, meeting, ref)
    clerk.press("Start the meeting")
    clerk.press(re.compile(r"^All \d+ members have joined the call$"))


def score(clerk: Visitor, scores: Mapping[str, str]) -> None:
    """The agreed score, on the item's page."""
    for criterion, words in scores.items():
        box = clerk.page.get_by_label(re.compile(rf"^\s*{criterion} \(\d+\)\s*$"))
        box.select_option(label=words)
    clerk.press("Save the scores")


def vote(clerk: Visitor, name: str, choice: str) -> None:
    """As it is called: For, Against, Abstains."""
    clerk.press(f"{choice} ({name})")


def put(clerk: Visitor, pounds: str, reason: str) -> None:
    """Another amount is put to the vote."""
    clerk.page.get_by_text("Put another amount to the vote", exact=True).click()
    clerk.answer({"Amount": pounds, "Why this amount": reason})
    clerk.press("Put this to the vote")


def by_email(clerk: Visitor, until: date, time: str) -> None:
    clerk.answer({"They can vote until": until, "Time": time})
    clerk.press("Ask members to vote by email")


def decide_to_fund(decider: Visitor, ref: str, pounds: str, reasons: str) -> None:
    decider.open(f"/bids/{ref}/decide")
    decider.press("Fund this bid")
    decider.answer({"Amount to offer": pounds, "Reasons": reasons,
                    "How the panel had due regard to equality": EQUALITY})  # fmt: skip
    decider.press("Fund this bid")


def declare(clerk: Visitor, name: str, kind: str, text: str) -> None:
    """The clerk records what a member says on the call, from the item's page."""
    clerk.page.get_by_role("link", name=re.compile(rf"^(Has an interest|Change) \({name}\)$")).click()
    clerk.answer({"Interest in this bid": ticked(kind), "What is the interest?": text})
    clerk.press("Record")


def press_by_keyboard(visitor: Visitor, words: str, most: int = 80) -> None:
    """Tab to the button with these words, as somebody without a mouse does, and press it."""
    button = visitor.page.get_by_role("button", name=words, exact=True)
    for _ in range(most):
        visitor.page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    else:
        raise AssertionError(f"{visitor.who} can’t reach “{words}” with the keyboard on {visitor.page.url}")
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")


def minutes(reader: Visitor) -> str:
    """The minutes as they are read, without what the page offers to do with them; a line a paragraph."""
    lines = reader.page.locator("main").inner_text().splitlines()
    said = [
        line.strip() for line in lines if line.strip() and not re.match(r"^(Edit\b|: |Draft)", line.strip())
    ]
    return "\n".join(said[said.index("The meeting") :])
