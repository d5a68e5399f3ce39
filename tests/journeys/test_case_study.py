"""A case study on its way: drafted, changed as the head suggests, agreed, published, found by a school that
looks for support, and gone when the school takes its consent back."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from fundflow.extensions import db
from fundflow.models.impact import Rag
from fundflow.models.person import RoleName
from fundflow.workflow.application import BidState
from fundflow.workflow.impact_return import ReturnState
from tests.factories import NOW, Make
from tests.journeys.conftest import World
from tests.journeys.visitor import Chosen, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

HELEN, HEAD, OTHER = "helen@council.example", "elin@oak.example", "kit@elm.example"
ASKED = """\
LSIF-0001: may we publish a case study about your support?

We have written a short case study of “Reading for all”, so that other schools can learn from it. It names \
Oak Primary School. It names no people.

We publish it only if the head of each school says yes. You can change your mind at any time.

What you need to do
Read it. Then agree, suggest a change, or say no. If you don’t answer, it is not published.
/bids/LSIF-0001/case-study
"""
SUGGESTED = """\
LSIF-0001: a head suggests a change of the case study

Elin Morgan suggests:
  Say that it took two terms.

What you need to do
Change the text, then ask the schools again. Every school that it names answers once more.
/bids/LSIF-0001/case-study
"""
AGREED = """\
LSIF-0001: the case study is agreed, and can be published

The head of every school that the case study names has agreed: Oak Primary School.

What you need to do
Read it once more, then publish it.
/bids/LSIF-0001/case-study
"""
PUBLISHED = """\
LSIF-0001: the case study is published

The case study that you agreed to is on our website. Other schools can find it there. Thank you.

You don’t need to do anything now. If you change your mind, tell us on this page. We then take it down.
/bids/LSIF-0001/case-study
"""
GONE = """\
LSIF-0001: consent taken back, the case study is not public

Elin Morgan has taken the consent to the case study back. Nobody \
outside can read it any more.

What you need to do
If the case study was printed or copied elsewhere, take it down there too.
/bids/LSIF-0001/case-study
"""


def a_closed_bid(world: World) -> None:
    """Of Oak, reported on and closed; Elm looks for support."""
    with world.app.app_context():
        make = Make(db.session)  # type: ignore[arg-type]
        fund = make.fund(prefix="LSIF")
        oak, elm = make.school("Oak Primary School"), make.school("Elm Primary School")
        head = make.member(oak, name="Elin Morgan", email=HEAD)
        make.member(elm, name="Kit Vale", email=OTHER)
        impact = make.staff(RoleName.IMPACT_OFFICER)
        impact.name, impact.email, impact.each_letter = "Helen Abbott", HELEN, True
        bid = make.bid(state=BidState.CLOSED, fund=fund, lead=oak, leader=head)
        bid.title, bid.need = "Reading for all", "Few pupils read fluently."
        report = bid.report
        assert report is not None
        report.state, report.rag, report.accepted_at = ReturnState.ACCEPTED, Rag.GREEN, NOW
        report.summary, report.lessons = "All classes gained.", "Plan it early."
        db.session.commit()
        db.session.remove()


def letter(world: World, email: str) -> str:
    """The newest letter to this address: its subject, and its text between greeting and signature."""
    world.work()
    message = world.post.to(email)[-1]
    text = str(message.get_content()).replace("\r\n", "\n").replace(world.url, "")
    body = text.split("Reading for all\n\n", 1)[1].split("/case-study\n")[0]
    return f"{message['Subject']}\n\n{body}/case-study\n"


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_a_case_study_from_draft_to_gone(new_world: Callable[..., World], javascript: bool) -> None:
    world = new_world(NOW)
    world.javascript = javascript
    a_closed_bid(world)
    with ExitStack() as closing:

        def somebody(email: str, *, phone: bool = False) -> Visitor:
            return Visitor(
                world, closing.enter_context(world.visitor(email, phone=phone)), email or "anybody"
            )

        helen, head, other = somebody(HELEN), somebody(HEAD, phone=True), somebody(OTHER)
        anybody = somebody("")
        helen.open("/bids/LSIF-0001/impact")
        helen.follow("Draft a case study")
        helen.press("Draft a case study")
        assert helen.holds("What changed") == "All classes gained."
        helen.answer({"What was done": "Mrs Patel coached every teacher."})
        helen.is_told("Save the draft", "Select what the school needed help with")
        helen.answer({"What did the school need help with?": Chosen("Early reading and phonics")})
        helen.is_told(
            "Save the draft",
            "Take out “Mrs Patel”: a case study names nobody. Say “the head” or “a teacher” instead.",
            status=409,
        )
        helen.answer({"What was done": "A reading lead coached every teacher."})
        helen.press("Save the draft")
        helen.press("Ask the schools to agree")
        helen.press("Ask the schools to agree")
        assert letter(world, HEAD) == ASKED

        head.open("/work")
        head.reads("Read the case study and say whether you agree")
        head.open("/bids/LSIF-0001/case-study")
        head.press("Suggest a change")
        head.answer({"What should read differently?": "Say that it took two terms."})
        head.press("Suggest a change")
        assert letter(world, HELEN) == SUGGESTED

        helen.open("/bids/LSIF-0001/case-study")
        helen.follow("Change the text")
        helen.answer({"What was done": "For two terms a reading lead coached every teacher."})
        helen.press("Save the draft")
        helen.press("Ask the schools to agree")
        helen.press("Ask the schools to agree")

        head.open("/bids/LSIF-0001/case-study")
        head.press("Yes, we agree")
        head.reads("For two terms a reading lead coached every teacher.")
        head.answer({"We have read the case study and agree that it is published": True})
        head.press("Yes, we agree")
        assert letter(world, HELEN) == AGREED

        anybody.open("/case-studies")
        anybody.reads("No case study has been published yet")
        helen.open("/bids/LSIF-0001/case-study")
        helen.press("Publish the case study")
        helen.answer({"I have read it, and it names no pupil and no member of staff": True})
        helen.press("Publish the case study")
        assert letter(world, HEAD) == PUBLISHED

        other.open("/directory")
        other.hand.choose(other.page.get_by_label("About"), "Early reading and phonics")
        other.press("Show")
        other.follow("Reading for all")
        other.reads("What others can learn", "Plan it early.", "Oak Primary School")
        other.fits_a_phone()
        anybody.open("/case-studies?need=early_reading")
        anybody.follow("Reading for all")

        head.open("/bids/LSIF-0001/case-study")
        head.press("Take our consent back")
        head.press("Take our consent back")
        head.reads("Consent withdrawn")
        assert letter(world, HELEN) == GONE
        anybody.open("/case-studies")
        anybody.reads("No case study has been published yet")
        anybody.page.goto("/case-studies/1")
        world.forgive("GET", 404, "/case-studies/1")
        anybody.reads("Page not found")
    assert world.trouble == []
