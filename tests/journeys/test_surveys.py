"""A survey of 47 schools: 31 answer, two of them twice; those that have not are reminded; it closes; its
summary hides small counts; its demand stands beside the catalogue; nothing is left once surveys are off."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.person import RoleName, User
from fundflow.models.survey import Survey, SurveySchool
from fundflow.surveys.operations.answers import answer
from tests.factories import Make
from tests.journeys.conftest import World
from tests.journeys.council import moment
from tests.journeys.visitor import Visitor, ticked
from tests.till import ACADEMY

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

OFFICER, ADMINISTRATOR = "olga@council.example", "ian@council.example"
HEAD, ACADEMY_HEAD, PROVIDING_HEAD = "elin@oak.example", "ben@ash.example", "wyn@willow.example"
MUST = "A school must answer it"
QUESTIONS: tuple[tuple[str, str, str], ...] = (
    ("Should this support go on?", "Choose one answer", "Yes\nNo"),
    ("What do you want more of?", "Choose all answers that apply", "Reading\nMathematics\nGovernance"),
    ("How good is it?", "A scale from 1 to 5", ""),
    ("What else should we know?", "Free text", ""),
    ("How likely are you to buy each service?", "How likely they are to buy each service", ""),
)
FIRST, SECOND, THIRD = "1. Should this support go on?", "2. What do you want more of?", "3. How good is it?"
FOURTH = "4. What else should we know? (optional)"
ASKED = """\
SV-1: please answer our survey by 27 November: Services for 2027

Borough of Brackenford asks Oak Primary School to answer a survey.

Services for 2027
  We plan next year’s catalogue.

What you need to do
Answer by 27 November 2026. We count one answer for each school. You can change it until then.
"""
RECEIPT = """\
SV-1: we have the answers of Oak Primary School: Services for 2027

You have answered the survey “Services for 2027” for Oak Primary School.

These answers count now. We keep the earlier ones, and they no longer count.

What happens next
The head can change the answers until the end of 27 November 2026. \
After that we share what we found with all schools that we asked.
"""
REMINDED = """\
SV-1: reminder: please answer our survey by 27 November: Services for 2027

We ask School 45 to answer the survey “Services for 2027”. We have no answer yet.

What you need to do
Answer by 27 November 2026. We count one answer for each school.
"""
CLOSED = """\
SV-1: the survey is closed: Services for 2027

The survey “Services for 2027” is closed. The last day to answer was 27 November 2026.

What you need to do
Read the answers. Then share what you found with the schools.
"""
SHARED = """\
SV-1: what our survey found: Services for 2027

We asked School 45 to answer the survey “Services for 2027”.

What the survey found
  Most schools want this support to go on.

You don’t need to do anything.
"""
WHOLE = (
    "31 of 47 schools answered.",
    "Should this support go on? Answer Schools Yes 23 No 8",
    "What do you want more of? A school could choose more than one.",
    "Answer Schools Reading 30 Mathematics 21 Governance 1",
    "How good is it? Answer Schools 1 0 2 0 3 0 4 15 5 16",
    "More half days. Oak Primary School",
    "Clerking 9 3 19 0 Outreach 19 3 9 0",
)
AS_SHARED = (
    "31 of 47 schools answered.",
    "[c] hidden, as it could give away a count of 1 to 5, or a figure of one or two schools",
    "Should this support go on? Answer Schools Yes 23 No 8",
    "What do you want more of? A school could choose more than one.",
    "Answer Schools Reading [c] Mathematics 21 Governance [c]",
    "How good is it? Answer Schools 1 0 2 0 3 0 4 15 5 16",
    "Schools answered in their own words. The council reads these. They are not shared.",
    "Clerking [c] [c] 19 0 Outreach 19 [c] [c] 0",
)
FILE = [
    "Question,Service,Answer,All schools,Primary (24),Secondary (7)",
    "Should this support go on?,,Yes,23,[c],[c]",
    "Should this support go on?,,No,8,[c],[c]",
]
SAYS = "of 31 schools are very likely or likely to buy it (Services for 2027, 30 November 2026)."


def a_fund_with_surveys(world: World) -> None:
    """47 schools with their heads, eight of them secondary; a service of the council, and one of a school."""
    with world.app.app_context():
        make = Make(db.session)  # type: ignore[arg-type]
        fund = make.fund(asks_schools=True, sells_services=True, council="Borough of Brackenford")
        make.member(make.school("Oak Primary School", urn="100101"), name="Elin Morgan", email=HEAD)
        ash = make.school("Ash Academy", urn="100102", type_code=ACADEMY, phase_code=4)
        make.member(ash, name="Ben Okoro", email=ACADEMY_HEAD)
        willow = make.school("Willow School", urn="100103")
        make.member(willow, name="Wyn Price", email=PROVIDING_HEAD)
        for n in range(44):
            school = make.school(f"School {n + 2}", urn=str(100_200 + n), phase_code=4 if 23 <= n < 30 else 2)
            make.member(school, name=f"Head {n + 2}", email=f"head{n + 2}@school.example")
        olga = make.staff(RoleName.OFFICER, "Olga Marsh", email=OFFICER, each_letter=True)
        make.staff(RoleName.ADMINISTRATOR, "Ian Potts", email=ADMINISTRATOR)
        make.service(fund, name="Clerking", by=olga)
        make.service(fund, willow, name="Outreach", by=olga)
        db.session.commit()
        db.session.remove()


def schools_answer(world: World, *places: int, grade: int = 0) -> None:
    """The schools at these places answer, through the operation that the page calls; with another grade than
    they mean where one is given."""
    with world.app.app_context():
        survey = db.session.scalars(select(Survey)).one()
        keys = [question.key for question in survey.questions]
        clerking, outreach = (str(number) for number, _name in survey.questions[4].services)
        for n in places:
            asked = db.session.scalars(
                select(SurveySchool).where(SurveySchool.school.has(urn=str(100_200 + n)))
            ).one()
            likely = {
                clerking: "very_likely" if n < 8 else "likely" if n < 10 else "not_likely",
                outreach: "very_likely" if n < 18 else "likely" if n < 20 else "not_likely",
            }
            wants = ["Reading", "Mathematics"] if n < 20 else ["Reading"]
            answers = ("No" if n < 7 else "Yes", wants, grade or (4 if n < 14 else 5), None, likely)
            head = db.session.scalars(select(User).where(User.name == f"Head {n + 2}")).one()
            given = dict(zip(keys, answers, strict=True))
            answer(asked, given, user=head, now=world.moment, version=None)
        db.session.remove()


def letter(world: World, email: str) -> str:
    """The newest letter to this address: its subject, and its text between greeting and address."""
    world.work()
    message = world.post.to(email)[-1]
    text = str(message.get_content()).replace("\r\n", "\n").split("\nDo you have a question?")[0]
    return f"{message['Subject']}\n\n" + text.split("\n\n", 1)[1].split(world.url)[0]


def told(world: World, words: str) -> list[str]:
    """Who got a letter whose subject says this, an address for each letter."""
    return sorted(str(message["To"]) for message in world.post.messages if words in str(message["Subject"]))


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_a_survey_from_its_questions_to_the_demand(new_world: Callable[..., World], javascript: bool) -> None:
    world = new_world(moment("2026-11-02 09:00"))
    world.javascript = javascript
    a_fund_with_surveys(world)
    with ExitStack() as closing:

        def somebody(email: str, at: str = "", *, phone: bool = False) -> Visitor:
            if at:
                world.at(moment(at))
            return Visitor(world, closing.enter_context(world.visitor(email, phone=phone)), email)

        olga = somebody(OFFICER)
        open_a_survey(olga)
        assert letter(world, HEAD) == ASKED
        assert len(told(world, "please answer our survey")) == 47

        # Two heads answer in the browser; one of them answers again.
        elin = somebody(HEAD, "2026-11-03 19:00")
        elin.open("/work")
        elin.reads("Answer the survey")
        elin.follow(re.compile("^Services for 2027"))
        elin.is_told(
            "Continue",
            "Answer question 1",
            "Answer question 2",
            "Answer question 3",
            "Answer question 5 about Clerking",
            "Answer question 5 about Outreach",
        )
        give(elin, "No", ("Reading",), "4", "Very likely", "Not likely")
        ben = somebody(ACADEMY_HEAD, phone=True)
        ben.open("/surveys")
        ben.follow(re.compile("^Services for 2027"))
        ben.press("Answer for Ash Academy")
        give(ben, "No", ("Governance",), "5", "Likely", "Likely")
        world.at(moment("2026-11-04 08:00"))
        elin.press("Answer again")
        elin.reads("Elin Morgan answered for Oak Primary School on 3 November 2026")
        elin.answer({FOURTH: "More half days."})
        if javascript:
            elin.page.get_by_text("We kept what you typed at").wait_for()
            elin.open("/surveys/1/schools/100101/answer")
            elin.reads(
                "You typed this on 4 November 2026", "did not send it. Nobody sees it until you send it."
            )
        give(elin, "Yes", ("Mathematics",), "4", "Very likely", "Very likely")
        elin.reads("Elin Morgan answered on 4 November 2026", "These answers count.", "Earlier answers")
        assert letter(world, HEAD) == RECEIPT

        # Others answer, one of them twice. Those that have not are reminded; an officer reminds them again.
        world.at(moment("2026-11-05 10:00"))
        schools_answer(world, 0, grade=1)
        schools_answer(world, *range(20))
        world.at(moment("2026-11-13 09:00"))
        assert letter(world, "head45@school.example") == REMINDED
        assert len(told(world, "please answer our survey")) == 47 + 25
        schools_answer(world, *range(20, 29))
        world.at(moment("2026-11-16 09:00"))
        olga.open("/surveys/1")
        olga.reads("31 of 47 schools have answered.", "answered 2 times, this one counts")
        olga.press("Remind the schools")
        olga.press("Remind the schools")
        olga.reads(
            "We are reminding the schools that have not answered.", "2 times, last on 16 November 2026"
        )
        world.work()
        assert len(told(world, "please answer our survey")) == 47 + 25 + 16
        assert told(world, "please answer our survey").count(HEAD) == 1

        # It closes after its last day.
        world.at(moment("2026-11-30 09:00"))
        assert letter(world, OFFICER) == CLOSED
        wyn = somebody(PROVIDING_HEAD)
        wyn.open("/surveys/1")
        wyn.reads("The survey closed on 30 November 2026.", "Your school did not answer.")
        wyn.page.goto("/surveys/1/summary")
        world.forgive("GET", 404, "/surveys/1/summary")
        wyn.reads("Page not found")

        # The officer reads all of it, and what schools will read; then shares it.
        olga.open("/work")
        olga.reads("Share the findings with the schools")
        olga.follow(re.compile("^Services for 2027"))
        olga.follow("See how schools answered")
        olga.reads(*WHOLE)
        olga.fits_a_phone()
        olga.follow("Show what schools read")
        olga.reads("This is what schools read once the findings are shared.", *AS_SHARED)
        olga.open("/surveys/1")
        olga.press("Share the findings")
        olga.is_told("Share the findings", "Enter what the survey found")
        olga.answer({"What did the survey find?": "Most schools want this support to go on."})
        olga.press("Share the findings")
        olga.reads("The findings are shared. We are telling the schools.")
        assert letter(world, "head45@school.example") == SHARED
        assert len(told(world, "what our survey found")) == 47

        # Schools read counts alone, with small ones hidden, on a phone too.
        for reader in (elin, ben, wyn):
            reader.open("/surveys/1")
            reader.follow("See how schools answered")
            reader.reads("Most schools want this support to go on.", *AS_SHARED)
            assert "More half days." not in reader.page.inner_text("main")
        elin.fits_a_phone()
        elin.follow("By phase")
        elin.reads("Answer All schools Primary (24) Secondary (7) Yes 23 [c] [c] No 8 [c] [c]")
        elin.fits_a_phone()
        name, lines = downloaded(elin)
        assert (name, lines[:3]) == ("survey-1-summary.csv", FILE)
        assert "More half days." not in "\n".join(lines)

        # Its demand stands beside the catalogue: whole for the council, hidden where small for who provides.
        olga.open("/services")
        olga.reads(f"12 {SAYS}", f"22 {SAYS}")
        wyn.open("/services")
        wyn.reads(f"[c] {SAYS} [c] is hidden, as it could give away a count of 1 to 5")
        assert wyn.page.inner_text("main").count("likely to buy") == 1
        elin.open("/services")
        assert "likely to buy" not in elin.page.inner_text("main")

        before = len(world.post.messages)
        switch_off(somebody(ADMINISTRATOR))
        for reader in (olga, elin, wyn):
            shows_nothing(reader)
        world.at(moment("2026-12-14 09:00"))
        assert not [m for m in world.post.messages[before:] if "SV-1" in str(m["Subject"])]
    assert world.trouble == []


def open_a_survey(olga: Visitor) -> None:
    """A draft with five questions, seen as schools see it, and opened."""
    olga.open("/work")
    olga.follow("Brokering")
    olga.follow("Surveys")
    olga.reads("There are no surveys yet.")
    olga.press("Begin a survey")
    olga.is_told("Save", "Enter the title", "Enter what it is about", "Enter the last day to answer")
    olga.answer(
        {
            "Title": "Services for 2027",
            "What is it about?": "We plan next year’s catalogue.",
            "Last day to answer": date(2026, 11, 27),
        }
    )
    olga.press("Save")
    olga.reads("It would ask 47 schools today", "There are no questions yet.")
    for text, kind, options in QUESTIONS:
        olga.press("Add a question")
        olga.answer({"Question": text, "How is it answered?": ticked(kind)})
        if options:
            olga.answer({"Answers to choose from, a line each": options})
        if kind == "Free text":
            olga.hand.untick(olga.page.get_by_label(MUST))
        olga.press("Save")
        olga.reads("The question is added.", text)
    olga.follow("See it as schools do")
    olga.reads(FIRST, FOURTH, "Clerking", "Outreach")
    olga.follow("Back to the survey")
    olga.press("Open the survey")
    olga.press("Open the survey")
    olga.reads("The survey is open. We are asking the schools to answer.", "0 of 47 schools have answered.")


def give(head: Visitor, first: str, wants: tuple[str, ...], grade: str, clerking: str, outreach: str) -> None:
    """The head answers all that must be, checks it and sends it."""
    head.answer(
        {
            FIRST: ticked(first),
            SECOND: ticked(*wants),
            THIRD: ticked({"5": "5 (highest)"}.get(grade, grade)),
            "Clerking": ticked(clerking),
            "Outreach": ticked(outreach),
        }
    )
    head.press("Continue")
    head.reads("Check the answers of", f"Clerking: {clerking}")
    head.press("Send the answers")
    head.reads("You get a receipt by email.")


def downloaded(elin: Visitor) -> tuple[str, list[str]]:
    """The name of the file of the summary, and its lines."""
    with elin.page.expect_download() as saved:
        elin.hand.click(elin.page.get_by_role("link", name="Download as CSV"))
    lines = Path(saved.value.path()).read_text(encoding="utf-8-sig").splitlines()
    return saved.value.suggested_filename, lines


def switch_off(ian: Visitor) -> None:
    ian.open("/funds/1/settings")
    ian.hand.untick(ian.page.get_by_label("Schools answer surveys"))
    ian.press("Save the settings")
    ian.reads("The settings are saved. They apply from now on.")


def shows_nothing(reader: Visitor) -> None:
    """Neither My work nor the catalogue nor the school's page speaks of surveys; theirs are not found."""
    for path in ("/work", "/services", "/schools/100101"):
        reader.open(path)
        text = reader.page.inner_text("body")
        for words in ("Survey", "survey", "likely to buy"):
            assert words not in text, f"{reader.who} reads “{words}” on {path}"
    for path in ("/surveys", "/surveys/1", "/surveys/1/summary"):
        reader.page.goto(path)
        reader.world.forgive("GET", 404, path)
        reader.reads("Page not found")
