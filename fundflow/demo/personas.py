"""The people of the demonstration, and what each can do in one line."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from fundflow.accounts.session import HOLDINGS
from fundflow.extensions import db
from fundflow.models.holding_words import what_they_are
from fundflow.models.person import RoleName as R
from fundflow.models.person import SeatPosition as P
from fundflow.models.person import Standing as S
from fundflow.models.person import User

WHAT_THEY_DO: dict[R | S | P, str] = {
    S.LEADER: "Submits bids, accepts offers, confirms staff and reports impact",
    S.TEAM: "Prepares bids, claims and reports for the head to submit",
    R.OFFICER: "Checks bids, asks for changes, recommends them and sees to their delivery",
    R.DEPUTY_OFFICER: "Takes over the bids the liaison officer may not touch",
    R.CLERK: "Plans meetings, sends papers, records attendance, scores and votes",
    R.AUTHORISED_OFFICER: "Decides where the fund says an officer decides",
    R.REVIEWING_MANAGER: "Hears a school that asks for a decision to be looked at again",
    R.FINANCE: "Checks and pays claims, and keeps the ledger",
    R.IMPACT_OFFICER: "Checks reports, asks for feedback and closes bids",
    R.AUDITOR: "Reads everything and changes nothing",
    R.BOARD: "Reads the figures, without personal data",
    R.ADMINISTRATOR: "Looks after people, the fund, its rounds and letters that failed",
    P.CHAIR: "Chairs the panel, votes and records its decisions",
    P.DEPUTY: "Votes, and chairs where the chair may not",
    P.MEMBER: "Reads papers, declares interests and votes",
}

# What waits for whom when the demonstration is fresh, to be tried first.
TRY_FIRST = {
    "Amara Nwosu": "Go on with your draft “Vocabulary in the early years”; confirm the day that waits and claim for it; "
    "add a cost with its receipt; answer the change that is proposed to a service you buy",
    "Sam Okafor": "Fill in the draft, and send it to the head: you prepare, she submits",
    "Shabnam Karim": "Agree to the bid that the officer entered for your school, or decline",
    "Clare Donnelly": "See what your correction changed, and who must agree again; report what changed",
    "Robert Lane": "Reply to an offer; read what you changed after the officer’s questions",
    "Margaret Ellis-Thornton": "Answer the officer’s two questions: only those sections are open",
    "Joyce Adeyemi": "Submit a draft in a round that has closed: your school was let in late",
    "Michael Byrne": "Read a message from the officer; correct an answer after submission",
    "Ines Moreira": "See the bid of the school you led before it became an academy",
    "Ola Bright": "Lead a bid although a virtual school is no school",
    "Jaspreet Gill": "See which school is proposed for your request, and begin the bid from it",
    "Karen Whitlock": "See what a school reads while the letter with its decision waits; open the full form, with "
    "two attachments",
    "Paul Hendry": "Answer the panel’s question",
    "Elin Morgan": "Ask for support; read the plan you sent for a smaller offer, which the officer agrees before you reply",
    "Priya Raman": "Filter your bids and export them; fill in the commissioned draft; compare the two "
    "versions of “Reasoning in Years 5 and 6”; check and send the letter on “Careers "
    "conversations in Year 9”; find a partner under Brokering; share what the survey “Services for next year” found; "
    "see which schools lie below a floor; check support that was paid for",
    "Tom Hale": "Read the note that names you; see the cover you give next week",
    "Grace Lin": "Finish the draft minutes of the last meeting; start the next one and run the call from one page",
    "Owen Clarke": "Confirm who is paid for a school; approve money that a school is to pay back; check a claim, "
    "or block its payments; approve a payment run and export it; look at the ledger and the forecast; "
    "export what to invoice for services",
    "Helen Abbott": "Look at what waits under Impact: an interim report to check, one that is late, and a follow-up",
    "Ian Potts": "Look at the rounds, grades and questions of the fund; change the panel’s rules, and compare their "
    "two versions",
    "Joan Baker": "Read who opened which file, and every letter",
    "Vera Holloway": "Read the newest report to the board, the money, and what is recommended",
    "Marcus Webb": "Say whether an award still stands after an interest was found; see what a chair who must "
    "leave can’t open",
    "Sue Tan": "Compare the scores of “Closing the gap in Year 10 English”: you have handed in yours",
    "Peter Rowe": "Look at the register of interests, and add a line of yours",
    "Rosalind Achterberg-Oyelaran": "Read an item on which you disclosed an interest: you may speak, not vote",
    "Yusuf Demir": "Subscribe to the calendar of meetings; declare your interests",
    "Tunde Bello": "Report the condition that is overdue; see the refusal whose review you asked for",
    "Ruth Ellery": "Hear the review that a school asked for",
    "Anita Joshi": "Finish your scores; chair the item that the chair must leave; see what your school offers",
    "Laura Finch": "Declare your interests, score and vote on a phone; one item of the next meeting is not for you; "
    "agree that other schools may visit yours",
}

GROUPS = ("Schools", "Council", "Panel", "Others")


class Persona(NamedTuple):
    user: User
    what: list[str]
    does: list[str]
    first: str = ""  # to be tried first


def personas(day: date) -> dict[str, list[Persona]]:
    """Every active person by kind, in the order of their names."""
    groups: dict[str, list[Persona]] = {name: [] for name in GROUPS}
    everybody = select(User).where(User.active.is_(True)).options(*HOLDINGS)
    for user in db.session.scalars(everybody.order_by(User.name, User.id)):
        persona = Persona(user, what_they_are(user, day), _does(user, day), TRY_FIRST.get(user.name, ""))
        groups[_group(user, day)].append(persona)
    return {name: people for name, people in groups.items() if people}


def _group(user: User, day: date) -> str:
    if user.roles_on(day):
        return "Council"
    if user.seats_on(day):
        return "Panel"
    return "Schools" if user.memberships_on(day) else "Others"


def _does(user: User, day: date) -> list[str]:
    kinds: list[R | S | P] = [
        *(member.standing for member in user.memberships_on(day)),
        *(grant.role for grant in user.roles if grant.is_valid_on(day)),
        *(seat.position for seat in user.seats_on(day)),
    ]
    return list(dict.fromkeys(WHAT_THEY_DO[kind] for kind in kinds))
