"""What people do, one function an act, through the pages as they see them.

Every act begins where the person would begin: at their work, at the bid, or at the meeting.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from fundflow.applications.sections import PAGES
from fundflow.demo import answers as complete
from tests.journeys.visitor import Visitor, ticked

Answers = dict[str, Any]


class Section(NamedTuple):
    """A section of the form: its own answers, and rows as (what one is called, its answers)."""

    title: str
    own: Answers
    rows: tuple[tuple[str, Answers], ...] = ()


def explain(who: Visitor) -> None:
    """Say why dates or days are as they are, where the page of a bid that is sent asks."""
    if who.page.get_by_label("Why is that so?").count():
        who.answer({"Why is that so?": "It was planned like this."})


def start_bid(school: Visitor) -> str:
    """Start a bid from My work; returns its reference."""
    school.open("/work")
    school.press("Start a bid")
    school.press("Start the bid")
    found = re.search(r"/bids/([A-Z]+-\d+)/form$", school.path)
    assert found, school.path
    return found.group(1)


def fill_in(school: Visitor, reference: str, sections: tuple[Section, ...]) -> None:
    for section in sections:
        school.open(f"/bids/{reference}/form")
        school.follow(section.title)
        fill_in_section(school, section)


def fill_in_section(school: Visitor, section: Section) -> None:
    """From the section’s first page, which may be that of its first row, to the next section’s."""
    if not is_adding(school):
        answer(school, section.title, section.own)
    for number, (one, answers) in enumerate(section.rows, 1):
        is_last = all(other != one for other, _ in section.rows[number:])
        begin_row(school, one)
        answer_row(school, answers)
        school.press(SAVE if is_last else "Save and add another")
    if not section.rows or section.title == "Costs":
        school.press(SAVE)


def begin_row(school: Visitor, one: str) -> None:
    """Go to the page that adds a row: its button, or where saving an empty section leads."""
    if is_adding(school):
        return
    button = school.page.get_by_role("button", name=add_button(one))
    school.press(add_button(one) if button.count() else SAVE)


def is_adding(school: Visitor) -> bool:
    """Whether the page is that of a new row."""
    return school.path.endswith("/add")


def answer_row(school: Visitor, answers: Answers, between: Callable[[], object] = lambda: None) -> None:
    """A row’s questions; where there are many they are asked on two pages, with something `between`."""
    if school.page.get_by_role("button", name="Continue", exact=True).count():
        first = {label: value for label, value in answers.items() if school.is_asked(label)}
        school.answer(first)
        school.press("Continue")
        between()
        answers = {label: value for label, value in answers.items() if label not in first}
    school.answer(answers)


def answer(school: Visitor, title: str, own: Answers) -> None:
    """A section's own questions: these answers, and a complete bid's where a box is still empty."""
    school.answer(own)
    (page,) = [page for page in PAGES if page.title == title]
    for name, question in page.form.questions().items():
        label, value = question.args[0], (complete.SHORT | complete.FULL).get(name)
        if label not in own and isinstance(value, str) and not school.holds(label):
            school.answer({label: value})


SAVE = re.compile("^(Continue|Save and (continue|go to the next section|check your answers))$")


def add_button(one: str) -> re.Pattern[str]:
    """“Add a cost”, “Add another cost”."""
    return re.compile(f"^Add (a|an|another) {one}$")


def submit(head: Visitor, reference: str, school: str) -> None:
    head.open(f"/bids/{reference}")
    head.press("Agree and submit bid")
    explain(head)
    head.answer({f"I agree, as head teacher of {school}": True})
    head.press("Agree and submit bid")
    head.reads("Bid submitted", f"Your reference is {reference}")


def answer_question(school: Visitor, reference: str, section: str, answers: Answers) -> None:
    """Answer the officer’s question in the section that was opened for it."""
    school.open(f"/bids/{reference}/form")
    school.follow(section)
    school.answer(answers)
    school.press(SAVE)


def send_back(head: Visitor, reference: str, school: str) -> None:
    head.open(f"/bids/{reference}/form")
    head.press("Check your answers and send back")
    explain(head)
    head.answer({f"I agree, as head teacher of {school}": True})
    head.press("Agree and send the bid back")


def start_correction(school: Visitor, reference: str) -> None:
    school.open(f"/bids/{reference}")
    school.press("Correct an answer")
    school.press("Open the form")


def see_correction(school: Visitor, reference: str) -> None:
    """From the form to the page that says what changed and whom it asks again."""
    school.open(f"/bids/{reference}/form")
    school.press("Check your answers and send the correction")
    school.press("See what changed and send")


def withdraw(head: Visitor, reference: str, reason: str) -> None:
    head.open(f"/bids/{reference}")
    head.press("Withdraw the bid")
    head.answer({"Why?": reason})
    head.press("Withdraw the bid")


def accept_offer(head: Visitor, reference: str) -> None:
    head.open(f"/bids/{reference}")
    head.press("Accept the offer")
    head.answer({"We accept the offer and agree to the conditions of grant": True})
    head.press("Continue")
    head.reads("You are about to accept")
    head.press("Accept the offer")


def confirm(partner: Visitor, reference: str) -> None:
    """The head of a provider confirms the release of staff."""
    partner.open(f"/bids/{reference}")
    partner.press("Say whether you take part")
    partner.press("Yes, we can release these staff")


def sign(approver: Visitor, link: str, name: str) -> None:
    approver.open(link)
    approver.answer({"What is your answer?": ticked("I approve this bid"), "Your full name": name})
    approver.press("Send my answer")
    approver.reads("Thank you, nothing more is needed.")


def take_up(officer: Visitor, reference: str) -> None:
    officer.open(f"/bids/{reference}")
    officer.press("Start the review")
    officer.press("Start the review")


def ask_for_more(officer: Visitor, reference: str, section: str, question: str) -> None:
    officer.open(f"/bids/{reference}")
    officer.press("Ask the school for more")
    officer.answer({section: question})
    officer.press("Ask the school for more")


CHECKLIST = (
    "The lead school is in the area and may bid",
    "At least two schools take part",
    "It fits a priority of the round",
    "The dates are possible",
    "The costs are allowed",
    "No other funding pays for the same days",
    "The schools’ earlier reports are in",
    "Day rates compare with past awards",
    "The provider has the capacity",
    "It does not overlap with national or trust support",
    "Any brokering is disclosed",
)


def review(officer: Visitor, reference: str, amount: str) -> None:
    officer.open(f"/bids/{reference}")
    officer.press("Finish the review")
    for folded in officer.page.locator("details.ff-check:not([open]) > summary").all()[::-1]:
        officer.hand.click(folded)  # what is answered from the bid
    officer.answer({item: ticked("Pass") for item in CHECKLIST})
    officer.answer(
        {
            "Your notes on need": "The figures agree with what we hold on the school.",
            "What do you recommend?": ticked("Fund"),
            "Amount you recommend": amount,
        }
    )
    officer.press("Save the review")


def recommend(officer: Visitor, reference: str) -> None:
    """Send the report to the only meeting that lies ahead."""
    officer.open(f"/bids/{reference}")
    officer.press("Send my report to the panel")
    officer.press("Send my report to the panel")


def plan_meeting(clerk: Visitor, day: date) -> int:
    """Plan a meeting at 16:00; returns its number."""
    clerk.open("/meetings")
    clerk.press("Plan a meeting")
    clerk.answer({"Date": day, "Time": "16:00", "Where the panel meets": "On a video call"})
    clerk.press("Plan the meeting")
    return int(clerk.path.rsplit("/", 1)[1])


def _meeting_step(clerk: Visitor, meeting: int, button: str) -> None:
    clerk.open(f"/meetings/{meeting}")
    clerk.press(button)
    clerk.press(button)


def issue_papers(clerk: Visitor, meeting: int) -> None:
    _meeting_step(clerk, meeting, "Issue the papers")


def open_item(visitor: Visitor, meeting: int, reference: str) -> None:
    visitor.open(f"/meetings/{meeting}")
    visitor.hand.click(visitor.page.get_by_role("link", name=re.compile(f"^{reference} ")).first)
    visitor.page.wait_for_url("**/items/*")


def declare_none(member: Visitor, meeting: int, reference: str) -> None:
    open_item(member, meeting, reference)
    member.press("I have no interest in this bid")


def declare_interest(member: Visitor, meeting: int, reference: str, kind: str, text: str) -> None:
    open_item(member, meeting, reference)
    member.follow("I have an interest in this bid")
    member.answer({"Interest in this bid": ticked(kind), "What is the interest?": text})
    member.press("Record")


def start_meeting(clerk: Visitor, meeting: int, present: tuple[str, ...]) -> None:
    _meeting_step(clerk, meeting, "Start the meeting")
    for name in present:
        clerk.hand.tick(clerk.page.get_by_label(f"{name} ("))
    clerk.press("Record attendance")


SCORES = {
    "Need and evidence": "4 excellent",
    "Measurable outcomes": "3 good",
    "Local priority": "4 excellent",
    "Delivery and partners": "3 good",
    "Value for money": "3 good",
    "Sustainability and sharing": "2 acceptable",
    "Closing gaps": "3 good",
}


def record_item(clerk: Visitor, meeting: int, reference: str, votes: dict[str, str]) -> None:
    """No more interests, one agreed score, and everybody’s vote (For, Against, Abstains)."""
    open_item(clerk, meeting, reference)
    if clerk.page.get_by_role("button", name="Nobody else has an interest").count():
        clerk.press("Nobody else has an interest")
    for criterion, words in SCORES.items():  # each label carries the criterion's weight
        clerk.hand.choose(clerk.page.get_by_label(re.compile(rf"^\s*{criterion} \(\d+\)\s*$")), words)
    clerk.press("Save the scores")
    for name, vote in votes.items():
        clerk.press(f"{vote} ({name})")


def fund(chair: Visitor, meeting: int, reference: str, reasons: str) -> None:
    """Record the panel’s decision from the item, with the amount the officer recommends."""
    open_item(chair, meeting, reference)
    chair.press("Record the panel’s decision")
    chair.press("Fund this bid")
    chair.answer(
        {
            "Reasons": reasons,
            "How the panel had due regard to equality": "It helps disadvantaged pupils most.",
        }
    )
    chair.press("Continue")
    chair.reads("You are about to reserve £")
    chair.press("Fund this bid")


def send_letters(officer: Visitor, reference: str) -> None:
    """Read the decision's letters over, and let them go as they stand."""
    officer.open(f"/bids/{reference}")
    officer.press("Check the decision letter")
    officer.press("Send the letters")


def close_meeting(clerk: Visitor, meeting: int) -> None:
    _meeting_step(clerk, meeting, "Close the meeting")
