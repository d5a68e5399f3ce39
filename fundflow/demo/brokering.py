"""The demonstration's brokering: what schools offer, two requests for support, and the contacts."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from fundflow.brokering.candidates import matches
from fundflow.brokering.operations import contacts, offers, requests
from fundflow.brokering.operations.contacts import ContactLine
from fundflow.brokering.operations.offers import Offered
from fundflow.brokering.operations.requests import RequestAnswers
from fundflow.demo.told import Told
from fundflow.models.brokering import Contact, How
from fundflow.models.brokering import Expertise as E
from fundflow.models.person import RoleName
from fundflow.workflow.working_days import london_date


class OfferRow(NamedTuple):
    urn: str
    offered: Offered


OFFERS = (
    OfferRow(
        "899002",
        Offered(
            "Coaching for teachers of phonics",
            (E.EARLY_READING, E.ENGLISH),
            ("1", "2"),
            40,
            "Reading lead and two experienced teachers",
            "Six visits a term: we watch a lesson together, then plan the next one.",
        ),
    ),
    OfferRow(
        "899002",
        Offered(
            "Mathematics mastery: joint planning",
            (E.MATHS,),
            ("2",),
            24,
            "Maths lead",
            "We plan a unit with your year group’s teachers and teach its first lesson.",
        ),
    ),
    OfferRow(
        "899015",
        Offered(
            "Fractions from Year 3 to Year 6",
            (E.MATHS, E.ASSESSMENT),
            ("2",),
            16,
            "Deputy head",
            "Diagnostic tests, and what to do with their results.",
        ),
    ),
    OfferRow(
        "899003",
        Offered(
            "Transition in mathematics, Year 6 to Year 7",
            (E.MATHS,),
            ("2", "4"),
            12,
            "Head of mathematics",
            "Lessons taught together in both schools.",
        ),
    ),
    OfferRow(
        "899007",
        Offered(
            "Autism and sensory needs in mainstream classes",
            (E.SEND, E.WELLBEING),
            ("0", "1", "2", "4"),
            60,
            "Two advisory teachers",
            "We come and see the class first. Plans fit on one page.",
        ),
    ),
    OfferRow(
        "899014",
        Offered(
            "Behaviour routines and de-escalation",
            (E.BEHAVIOUR,),
            ("2", "4"),
            30,
            "Head of centre and outreach lead",
            "",
        ),
    ),
    OfferRow(
        "899010",
        Offered(
            "Talk in every lesson",
            (E.ENGLISH, E.EAL),
            ("1", "2"),
            20,
            "English lead",
            "Oracy across the curriculum, with a film of each visit for your staff.",
        ),
    ),
    OfferRow(
        "899004",
        Offered(
            "Reviews of subject leadership",
            (E.LEADERSHIP, E.CURRICULUM),
            ("4",),
            16,
            "Deputy head and two heads of department",
            "",
        ),
    ),
    OfferRow(
        "899001",
        Offered(
            "Vocabulary in the early years",
            (E.EARLY_YEARS, E.EARLY_READING),
            ("1", "2"),
            14,
            "Early years lead",
            "Open mornings on the first Tuesday of each half term.",
        ),
    ),
)


def places(told: Told) -> None:
    """Points of an invented grid, so that distances can be told; two schools have none."""
    for n, (urn, school) in enumerate(sorted(told.people.schools.items())):
        if urn not in ("899013", "899019"):
            school.easting, school.northing = 462_000 + 1_130 * (n * 7 % 11), 184_000 + 970 * (n * 5 % 9)


def tell_offers(told: Told) -> Iterator[datetime]:
    """Schools say what they offer, one a week."""
    places(told)
    for n, row in enumerate(OFFERS):
        yield (now := told.at(-120 + 7 * n, 15))
        offers.add_offer(told.people.school(row.urn), row.offered, user=told.people.head(row.urn), now=now)


def tell_requests(told: Told) -> Iterator[datetime]:
    """One school was proposed a partner, another's request is new; the officer keeps the log."""
    officer, school = told.people.staff(RoleName.OFFICER), told.people.school
    yield (now := told.at(-26, 11))
    _log(
        told,
        now,
        How.VISIT,
        "899018",
        "The head and the maths lead",
        "Results in Year 6 fell again. They would like to plan with another school; no names yet.",
    )
    yield (now := told.at(-22, 16))
    request = requests.ask(
        school("899018"),
        told.fund,
        RequestAnswers(
            E.MATHS,
            "Results in mathematics at the end of Year 6 fell from 74% "
            "to 61% in two years. Reasoning is the weak strand, and two of our teachers are new to Year 6.",
            12,
            _first_of_month_after_next(now),
        ),
        user=told.people.head("899018"),
        now=now,
    )
    yield (now := told.at(-19, 9))
    _log(
        told,
        now,
        How.PHONE,
        "899015",
        "The deputy head",
        "Could give six days from January. Ask the head.",
        other="899018",
    )
    yield (now := told.at(-18, 12))
    found = matches(
        request.school, request.expertise, request.half_days, user=officer, now=now, fund=told.fund
    )
    suggestion = next(s for s in found.suggestions if s.candidate.school.urn == "899015")
    requests.propose(
        request,
        school("899015"),
        why="\n".join(f"{r.text}." for r in suggestion.reasons if r.shared),
        user=officer,
        now=now,
        version=request.version,
    )
    yield (now := told.at(-6, 17))
    requests.ask(
        school("899009"),
        told.fund,
        RequestAnswers(
            E.SEND,
            "Four pupils with autism joined Reception in September. "
            "Staff have had no training, and mornings are hard for the whole class.",
            8,
        ),
        user=told.people.head("899009"),
        now=now,
    )
    yield (now := told.at(-4, 10))
    wrong = _log(
        told, now, How.EMAIL, "899007", "The head", "Could give eight days this term.", other="899009"
    )
    yield (now := told.at(-4, 11))
    _log(
        told,
        now,
        How.EMAIL,
        "899007",
        "The head",
        "Could give eight half days this term, not days.",
        other="899009",
        corrects=wrong,
    )


def _log(
    told: Told,
    now: datetime,
    how: How,
    urn: str,
    whom: str,
    said: str,
    other: str = "",
    corrects: Contact | None = None,
) -> Contact:
    line = ContactLine(
        on=london_date(now),
        how=how,
        with_whom=whom,
        said=said,
        school=told.people.school(urn),
        other_school=told.people.school(other) if other else None,
    )
    return contacts.log_contact(line, user=told.people.staff(RoleName.OFFICER), now=now, corrects=corrects)


def _first_of_month_after_next(now: datetime) -> date:
    year, month = divmod(london_date(now).year * 12 + london_date(now).month + 1, 12)
    return date(year, month + 1, 1)
