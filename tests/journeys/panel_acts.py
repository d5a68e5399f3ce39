"""What the clerk, members and deciders do at the panel, through the pages as they see them."""

import re
from collections.abc import Mapping
from datetime import date

from tests.journeys import acts
from tests.journeys.visitor import Chosen, Visitor, ticked

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
        clerk.hand.choose(box, words)
    clerk.press("Save the scores")


def vote(clerk: Visitor, name: str, choice: str) -> None:
    """As it is called: For, Against, Abstains."""
    clerk.press(f"{choice} ({name})")


def put(clerk: Visitor, pounds: str, reason: str) -> None:
    """Another amount is put to the vote."""
    clerk.hand.click(clerk.page.get_by_text("Put another amount to the vote", exact=True))
    clerk.answer({"Amount": pounds, "Why this amount": reason})
    clerk.press("Put this to the vote")


def by_email(clerk: Visitor, until: date, time: str) -> None:
    clerk.answer({"They can vote until": until, "Time": time})
    clerk.press("Ask members to vote by email")


def decide_to_fund(decider: Visitor, ref: str, pounds: str, reasons: str, *, begun: str = "") -> None:
    """`begun` is why the panel funds support that began before it decided."""
    decider.open(f"/bids/{ref}/decide")
    decider.press("Fund this bid")
    decider.answer(
        {"Amount to offer": pounds, "Reasons": reasons, "How the panel had due regard to equality": EQUALITY}
    )
    if begun:
        decider.answer({"Why the panel funds the bid all the same": begun})
    decider.press("Continue")
    decider.reads("You are about to reserve £")
    decider.press("Fund this bid")


def declare(clerk: Visitor, name: str, kind: str, text: str) -> None:
    """The clerk records what a member says on the call, from the item's page."""
    clerk.follow(re.compile(rf"^(Has an interest|Change|An interest was found) \({name}\)$"))
    clerk.answer({"Interest in this bid": ticked(kind), "What is the interest?": text})
    clerk.press("Record")


CRITERIA = (
    "Need and evidence",
    "Measurable outcomes",
    "Local priority",
    "Delivery and partners",
    "Value for money",
    "Sustainability and sharing",
    "Closing gaps",
)
SCALE = ("0 unacceptable", "1 poor", "2 acceptable", "3 good", "4 excellent")


def no_interest_in_any(member: Visitor, meeting: int) -> None:
    """A member says so of every bid on the agenda at once."""
    member.open(f"/meetings/{meeting}")
    for box in (
        member.page.get_by_role("group", name="Bids in which you have no interest")
        .get_by_role("checkbox")
        .all()
    ):
        member.hand.tick(box)
    member.press("I have no interest in these")


def fill_in_scores(visitor: Visitor, whose: str, digits: str) -> None:
    """A digit a criterion; the reasons are short."""
    for criterion, digit in zip(CRITERIA, digits, strict=True):
        visitor.answer(
            {
                f"{criterion}: score": ticked(SCALE[int(digit)]),
                f"{criterion}: the reason": f"{whose} on {criterion.lower()}",
            }
        )


def give_scores(member: Visitor, meeting: int, ref: str, digits: str) -> None:
    """A member’s own scores, from the item’s page, handed in."""
    acts.open_item(member, meeting, ref)
    member.follow("Give my scores")
    fill_in_scores(member, member.who, digits)
    member.press("Hand in my scores")
    member.reads("The scores are handed in.")


def talk_about(clerk: Visitor, criterion: str, said: str, changed: Mapping[str, str]) -> None:
    """From the page of scores: what was said, and who stands by another score now."""
    clerk.follow(f"Record what was said about {criterion}")
    clerk.answer({"What was said?": said, **{name: Chosen(words) for name, words in changed.items()}})
    clerk.press("Record what was said")


def condition(decider: Visitor, number: int, text: str, owner: str, due: date) -> None:
    """One of an award’s conditions, on the page of the decision."""
    box = decider.page.locator("details").filter(has_text=f"Condition {number}")
    decider.hand.click(box.locator("summary"))
    decider.hand.fill(box.get_by_label("What must be done", exact=True), text)
    decider.hand.fill(box.get_by_label("Who does it", exact=True), owner)
    for part in ("day", "month", "year"):
        decider.hand.fill(box.get_by_label(part.capitalize(), exact=True), str(getattr(due, part)))


def ranked(reader: Visitor, meeting: int) -> list[str]:
    """The rows of a meeting’s ranked list as they are read, the line of the money’s reach too."""
    reader.open(f"/meetings/{meeting}/ranking")
    rows = reader.page.locator("tbody tr").all_inner_texts()
    return [" | ".join(" ".join(cell.split()) for cell in row.split("\t")) for row in rows]


def minutes(reader: Visitor) -> str:
    """The minutes as they are read, without what the page offers to do with them; a line a paragraph."""
    lines = reader.page.locator("main").inner_text().splitlines()
    said = [
        line.strip() for line in lines if line.strip() and not re.match(r"^(Edit\b|: |Draft)", line.strip())
    ]
    return "\n".join(said[said.index("The meeting") :])
