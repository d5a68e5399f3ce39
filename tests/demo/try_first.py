"""Where each line of “Try first” on the demonstration's first page is tried, and what is read there.

A line has a place for each of its parts (between semicolons). “[Title]” is the bid of that title, “<Title>”
its item at the next meeting; {coming} and {last} are the next meeting and the one before.
"""

import html
import re

from flask import Flask

from fundflow.demo.personas import TRY_FIRST
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.person import User

VOCABULARY, HANDWRITING = "[Vocabulary in the early years]", "[Handwriting and spelling in Years 3 and 4]"
RECOVERY, REASONING = "[Reading recovery in Years 1 and 2]", "[Reasoning in Years 5 and 6]"
CAREERS, ENGLISH = "[Careers conversations in Year 9]", "[Closing the gap in Year 10 English]"

ENGLISH_ITEM, MATHEMATICS_ITEM = (
    "<Closing the gap in Year 10 English>",
    "<Transition in mathematics, Year 6 to Year 7>",
)

Try = tuple[str, str]
PLACES: dict[str, tuple[Try, ...]] = {
    "Amara Nwosu": (
        (f"{VOCABULARY}/form", "Check your answers and submit"),
        (f"{RECOVERY}/days", "Confirm"),
        (f"{RECOVERY}/days", "Add a cost"),
        ("/work", "Answer the change that is proposed"),
    ),
    "Sam Okafor": ((f"{VOCABULARY}/form", "Check your answers and send to the head"),),
    "Shabnam Karim": (("[Subject leaders for small teams]", "agree"),),
    "Clare Donnelly": (
        ("[Writing across the curriculum]/application", "What changed"),
        ("[Writing at greater depth]/impact", "Write the report"),
    ),
    "Robert Lane": (
        ("[Mathematics mastery: joint planning]", "Accept the offer"),
        (f"{REASONING}/application", "What changed"),
    ),
    "Margaret Ellis-Thornton": (("[Support for new teachers of phonics]/form", "Question to answer"),),
    "Joyce Adeyemi": (("[Starting school well]/form", "may submit until"),),
    "Michael Byrne": (
        ("[Retrieval practice in science]", "Messages from the council"),
        ("[Retrieval practice in science]", "Correct an answer"),
    ),
    "Ines Moreira": (("[Mixed-age mathematics]", "Old Mill Primary Academy"),),
    "Ola Bright": (("[A key adult for every looked-after child]", "Brackenford Virtual School"),),
    "Jaspreet Gill": (("/work", "Riverside Primary School could help you"),),
    "Karen Whitlock": (
        (CAREERS, "we will write to you by"),
        (f"{ENGLISH}/application", "Governors’ minute.pdf"),
    ),
    "Paul Hendry": (("[Sensory circuits every morning]", "Answer the panel’s question"),),
    "Elin Morgan": (
        ("/directory", "Ask the council for support"),
        ("[Early language in the nursery class]/plan", "To check"),
    ),
    "Priya Raman": (
        ("/bids", "CSV"),
        ("[Behaviour and attendance: support from The Willows School]/form", "Amount so far"),
        (f"{REASONING}/application", "What changed"),
        (f"{CAREERS}/decision-letter", "Send the letter"),
        ("/brokering", "Find schools that can help"),
        ("/surveys", "Services for next year"),
        ("/schools/caseloads?show=to_raise", "The Link Centre"),
        ("/quality-checks", "To do"),
    ),
    "Tom Hale": (("[Retrieval practice in science]/notes", "Tom Hale"), ("/desk/cover", "Tom Hale")),
    "Grace Lin": (
        ("/meetings/{last}/minutes", "Draft"),
        ("/meetings/{coming}", "Start the meeting"),
    ),
    "Owen Clarke": (
        ("/work", "Confirm who is paid"),
        ("/money", "To recover: to approve"),
        (f"{RECOVERY}/money", "claim"),
        ("/work", "Approve the payment run"),
        ("/money/forecast", "Forecast"),
        ("/services/charges", "Charges for services"),
    ),
    "Helen Abbott": (("/impact", "To check"),),
    "Ian Potts": (("/funds/1", "Grades of staff"), ("/funds/1/rules", "Every version, and what changed")),
    "Joan Baker": ((f"{ENGLISH}/viewings", "Governors’ minute.pdf"),),
    "Marcus Webb": (
        ("[Science capital in Years 5 and 6]/panel", "still stands"),
        ("/meetings/{coming}", "Declare your interests first"),
    ),
    "Sue Tan": ((ENGLISH_ITEM, "Scores"),),
    "Peter Rowe": (("/interests", "Add"),),
    "Rosalind Achterberg-Oyelaran": ((MATHEMATICS_ITEM, "Your interest: disclosed."),),
    "Yusuf Demir": (("/meetings", "calendar"), ("/meetings/{coming}", "Declare your interests first")),
    "Tunde Bello": (
        ("[Behaviour routines across two sites]/conditions", "condition"),
        ("[A recording studio for the centre]", "Not funded"),
    ),
    "Ruth Ellery": (("[A recording studio for the centre]/steps/uphold-review", "review"),),
    "Vera Holloway": (("/work", "The newest report"),),
    "Anita Joshi": (
        (ENGLISH_ITEM, "score"),
        ("/meetings/{coming}", "Agenda, in order"),
        ("/directory", "Your school’s offers"),
    ),
    "Laura Finch": (
        ("/meetings/{coming}", "Declare your interests first"),
        ("/meetings/{coming}", "An item you take no part in"),
        ("/work", "Fractions that last"),
    ),
}


def unplaced() -> list[str]:
    """People whose line has another number of parts than places."""
    people = {*TRY_FIRST, *PLACES}
    return [n for n in people if TRY_FIRST.get(n, "").count(";") + 1 != len(PLACES.get(n, ()))]


def not_there(app: Flask) -> list[str]:
    """What a line promises and its person does not find there, when the demonstration is fresh."""
    references = {bid.title: bid.reference for bid in db.session.query(Bid)}
    last, coming = [meeting.id for meeting in db.session.query(Meeting).order_by(Meeting.starts_at)][-3:-1]
    items = {i.bid.title: i.id for i in db.session.query(AgendaItem).filter_by(meeting_id=coming)}
    people = {user.name: user.id for user in db.session.query(User)}
    db.session.remove()

    def address(place: str) -> str:
        place = re.sub(r"\[(.*?)\]", lambda found: f"/bids/{references[found[1]]}", place)
        place = re.sub(r"<(.*?)>", lambda found: f"/meetings/{coming}/items/{items[found[1]]}", place)
        return place.format(coming=coming, last=last)

    missing = []
    for name, tries in PLACES.items():
        client = app.test_client()
        client.post("/demo/sign-in", data={"user": people[name]})
        for place, text in tries:
            page = client.get(address(place)).text
            if text not in " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split()):
                missing.append(f"{name} at {address(place)}: {text}")
    return missing
