"""The demonstration's reports to the board: last term's is issued, this term's is being written."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from fundflow.demo.told import Told
from fundflow.models.board import BoardPaper
from fundflow.models.person import RoleName, User
from fundflow.reports.paper import operations as write
from fundflow.reports.paper.forms import first_of_term, last_of_term
from fundflow.reports.paper.recommending import answer, record
from fundflow.workflow.working_days import london_date

HEAD = dict.fromkeys(write.HEAD, "") | {
    "contact": "Senior education liaison officer, school-fund@brackenford.example",
    "wards": "All",
    "priorities": "Every child does well at school. Money is spent where it helps most.",
    "background": "The fund’s criteria, and the register of awards on the council’s website.",
    "exempt_paragraph": "paragraph 3",
    "public_interest": "The price of a provider is still being agreed. To disclose it now would weaken the "
    "council’s position. It will be published with the award.",
}
TEXTS = {
    "Purpose": "To tell the board how the fund was used, what came of it and what it cost.",
    "Recommendations": "That the board notes this report.\n\n"
    "That the board asks for a visit to each school that has never applied, before the next round.",
    "Background": "The schools forum keeps part of the dedicated schools grant centrally so that schools can "
    "support one another. The panel decides on bids; the money pays for cover.",
    "Case studies": "A primary school worked with a neighbour on mixed-age mathematics for two terms. Both "
    "classes now work on one problem at two levels, and results rose in all year groups.",
    "Risks": "Late reports hold back what we know of impact. The officer reminds schools, and may hold payments.",
    "Financial implications": "All awards are within the money allocated. What lapses on 31 March is "
    "offered first.",
    "Legal implications": "Decisions are made under section 101 of the Local Government Act 1972.",
    "Equalities implications": "The panel records its regard to equality with each decision. Counts of "
    "pupils are of the whole fund, and small ones are hidden.",
    "Workforce implications": "Schools release staff only where their heads confirm it.",
}


def told_papers(told: Told) -> tuple[Iterator[datetime], ...]:
    return _papers(told), _recommendations(told)


def _papers(told: Told) -> Iterator[datetime]:
    officer = told.people.staff(RoleName.OFFICER)
    this = first_of_term(london_date(told.now))
    last = first_of_term(this - timedelta(days=1))
    yield (now := told.at(-16))
    paper = write.begin_paper(told.fund, last, last_of_term(last), user=officer, now=now)
    _write(paper, HEAD | {"exempt_paragraph": "", "public_interest": ""}, TEXTS, officer, now)
    yield (now := told.at(-15))
    write.redraw(paper, user=officer, now=now, version=paper.version)
    write.issue(paper, user=officer, now=now, version=paper.version)
    yield (now := told.at(-14))
    write.publish(paper, user=officer, now=now, version=paper.version)
    yield (now := told.at(-2))
    draft = write.begin_paper(told.fund, this, last_of_term(this), user=officer, now=now)
    _write(draft, HEAD, {"Purpose": TEXTS["Purpose"]}, officer, now)
    risks = next(section for section in draft.sections if section.heading == "Risks")
    words = "One provider asks for a higher day rate than agreed."
    write.write_section(draft, risks, words, exempt=True, user=officer, now=now, version=draft.version)


def _write(paper: BoardPaper, head: dict[str, str], texts: dict[str, str], user: User, now: datetime) -> None:
    write.write_head(paper, head, user=user, now=now, version=paper.version)
    for section in paper.sections:
        if text := texts.get(section.heading):
            write.write_section(paper, section, text, exempt=False, user=user, now=now, version=paper.version)


def _recommendations(told: Told) -> Iterator[datetime]:
    clerk, officer = told.people.staff(RoleName.CLERK), told.people.staff(RoleName.OFFICER)
    impact = told.people.staff(RoleName.IMPACT_OFFICER)
    yield (now := told.at(-50))
    first = record(
        told.fund,
        body="Schools forum",
        what="Tell every school of the next round, also those that never applied.",
        owner=officer.id,
        due_on=london_date(told.after(30)),
        user=clerk,
        now=now,
    )
    yield (now := told.at(-45))
    said = "Letters go to every head as the round opens, and the link officers telephone."
    answer(
        first,
        step="accept",
        response=said,
        answered_for="The cabinet member for children’s services",
        user=officer,
        now=now,
        version=first.version,
    )
    yield (now := told.at(-10))
    record(
        told.fund,
        body="Education scrutiny panel",
        what="Show how value for money was assessed, by kind of support.",
        owner=impact.id,
        due_on=london_date(told.after(15)),
        user=clerk,
        now=now,
    )
