"""A full bid, section by section: what is sent first and what the form says to it, then what is right.

This is one table, in the order of the form, and as long as the form.

Three leads of four schools and eight people:

  Oakfield     10 × £350         = £3,500.00    6 × £420 + 28.68%  = £3,242.74
  Elm Grove     4 × £350         = £1,400.00    2.5 × £240 + 40%   = £840.00
  Hazelmere     7.5 × £180 + 25% = £1,687.50    3 × £180 + 25%     = £675.00
  Beech Lane    2 × £500         = £1,000.00    0.5 × £280 + 10%   = £154.00
                                                together            £12,499.24
  travel £120.50, materials £500                                    £620.50
  less cash match                                                   −£1,119.74
                                                                    £12,000.00
"""

from datetime import date
from typing import NamedTuple

from tests.journeys.acts import Answers
from tests.journeys.council import address, day
from tests.journeys.invented import PRIORITY
from tests.journeys.visitor import Chosen, ticked


class Wrong(NamedTuple):
    """Answers that a page does not take, and what it says to them, in the order of its questions."""

    answers: Answers
    told: tuple[str, ...]


class Row(NamedTuple):
    """Rows of one kind: `one` names one of them; the first is tried empty, then wrong. `then`: what is
    wrong on the second page, of rows that are asked on two."""

    one: str
    wrong: tuple[Wrong, ...]
    rows: tuple[Answers, ...]
    then: tuple[Wrong, ...] = ()


class Part(NamedTuple):
    """A section: what it says to its own questions, their right answers, and its rows."""

    title: str
    wrong: tuple[Wrong, ...] = ()
    own: Answers = {}
    rows: tuple[Row, ...] = ()


def empty(*told: str) -> Wrong:
    return Wrong({}, told)


JULY = day("2027-07-02")
START, END = day("2026-10-05"), day("2027-07-16")
LONG_AGO = date(1999, 12, 31)
FORMAT = "Enter an email address in the correct format, like name@example.com"


def _school(name: str, urn: str, does: str, head: str) -> Answers:
    return {
        "School": Chosen(f"{name} ({urn})"),
        "URN of a school elsewhere": "",
        "What does this school do?": ticked(does),
        "Name of its head teacher": head,
        "Email address of its head teacher": address(head),
    }


SCHOOLS = Part(
    "Schools taking part",
    rows=(
        Row(
            "school",
            (
                empty(
                    "Choose a school, or enter its URN",
                    "Select what this school does",
                    "Enter the name of the school’s head teacher",
                    "Enter the email address of the school’s head teacher",
                ),
                Wrong(
                    {
                        "URN of a school elsewhere": "999999",
                        "What does this school do?": ticked("Gives the support"),
                        "Name of its head teacher": "Nobody",
                        "Email address of its head teacher": "nobody",
                    },
                    ("We hold no school with this URN", FORMAT),
                ),
            ),
            (
                _school("Oakfield Primary School", "200002", "Gives the support", "Daniel Hart"),
                _school("Elm Grove Primary School", "200003", "Gives the support", "Ella Grove"),
                _school("Beech Lane School", "200004", "Receives the support", "Bea Lane"),
                _school("Ash Road Nursery School", "200005", "Takes part in another way", "Ash Rhodes"),
            ),
        ),
    ),
)

CONTACT = Part(
    "Contact",
    (
        Wrong(
            {"Name": "", "Job": "", "Email address": "", "Telephone number": ""},
            (
                "Enter the name of the contact",
                "Enter the contact’s job",
                "Enter the contact’s email address",
                "Enter the contact’s telephone number",
            ),
        ),
        Wrong(
            {
                "Name": "N" * 121,
                "Job": "Business manager",
                "Email address": "sam@",
                "Telephone number": "0" * 31,
            },
            (
                "Name must be 120 characters or fewer",
                FORMAT,
                "Telephone number must be 30 characters or fewer",
            ),
        ),
    ),
    {
        "Name": "Sam Field",
        "Job": "School business manager",
        "Email address": address("Sam Field"),
        "Telephone number": "01632 960 001",
    },
)

ABOUT = Part(
    "Title and priority",
    (
        empty("Enter a title", "Select the priority this bid serves"),
        Wrong(
            {"Title": "T" * 141},
            ("Title must be 140 characters or fewer", "Select the priority this bid serves"),
        ),
    ),
    {"Title": "Five schools teach reading in one way", "Which priority does it serve?": ticked(PRIORITY)},
)


def _evidence(kind: str, source: str, when: date, text: str) -> Answers:
    return {
        "What kind of evidence is it?": ticked(kind),
        "Where does it come from?": source,
        "When is it from?": when,
        "What does it show?": text,
    }


NEED = Part(
    "What needs to improve",
    (
        empty("Say what needs to improve, and how you know"),
        Wrong(
            {"What needs to improve, and how do you know?": "n" * 2001},
            ("Your answer must be 2,000 characters or fewer",),
        ),
    ),
    {
        "What needs to improve, and how do you know?": (
            "58% of our pupils met the phonics standard; 81% did in the borough."
        ),
    },
    (
        Row(
            "piece of evidence",
            (
                empty(
                    "Select the kind of evidence",
                    "Enter where the evidence comes from",
                    "Enter the date of the evidence",
                    "Enter what the evidence shows",
                ),
                Wrong(
                    _evidence("Inspection report", "S" * 201, LONG_AGO, "t" * 501),
                    (
                        "“Where does it come from?” must be 200 characters or fewer",
                        "The date of the evidence must be between 1 January 2000 and 31 December 2100",
                        "Your answer must be 500 characters or fewer",
                    ),
                ),
            ),
            (
                _evidence(
                    "Assessment or test results", "Phonics check", day("2026-06-30"), "58% met the standard."
                ),
                _evidence("Inspection report", "Ofsted", day("2025-03-04"), "Phonics is taught in two ways."),
            ),
        ),
    ),
)

PUPILS = Part(
    "Who will benefit",
    (
        empty("Enter how many pupils will benefit", "Enter how many staff will benefit"),
        Wrong(
            {"How many pupils will benefit?": "0", "How many staff will benefit?": "six"},
            (
                "The number of pupils must be between 1 and 100,000",
                "The number of staff must be a whole number, like 12",
            ),
        ),
    ),
    {"How many pupils will benefit?": "240", "How many staff will benefit?": "18"},
    (
        Row(
            "pupil group",
            (
                empty("Select a pupil group", "Enter how many pupils of this group will benefit"),
                Wrong(
                    {"Which group?": ticked("An ethnic group"), "How many pupils of this group?": "-1"},
                    ("Enter which ethnic group", "The number of pupils must be between 1 and 100,000"),
                ),
            ),
            (
                {"Which group?": ticked("Disadvantaged pupils"), "How many pupils of this group?": "95"},
                {
                    "Which group?": ticked("An ethnic group"),
                    "Which ethnic group?": "White British",
                    "How many pupils of this group?": "41",
                },
            ),
        ),
    ),
)


def _outcome(what: str, unit: str, now: str, then: str, by: date = JULY) -> Answers:
    return {
        "What will you measure?": what,
        "In what unit?": unit,
        "For which pupils?": Chosen("All pupils"),
        "How will you measure it?": "Tests of our own",
        "Where are you now?": now,
        "When was that measured?": day("2026-06-30"),
        "Where do you want to be?": then,
        "By when?": by,
    }


OUTCOMES = Part(
    "Outcomes",
    rows=(
        Row(
            "outcome",
            (
                empty(
                    "Enter what you will measure",
                    "Enter the unit",
                    "Enter how you will measure it",
                ),
                Wrong(
                    {"What will you measure?": "Phonics", "In what unit?": "%" * 41},
                    ("“In what unit?” must be 40 characters or fewer", "Enter how you will measure it"),
                ),
            ),
            (
                _outcome("Year 1 phonics standard", "%", "58", "76"),
                _outcome("Reading ages in Year 2", "months", "-5", "0.5"),
                _outcome("Lessons taught in the same way", "%", "20", "90"),
                _outcome("Pupils heard daily", "pupils", "60", "240"),
                _outcome("Absence in Year 1", "%", "7.2", "5", END),
            ),
            (
                empty(
                    "Enter the baseline",
                    "Enter the date of the baseline",
                    "Enter the target",
                    "Enter the date of the target",
                ),
                Wrong(
                    {
                        "Where are you now?": "58",
                        "When was that measured?": day("2026-06-30"),
                        "Where do you want to be?": "58",
                        "By when?": day("2026-06-29"),
                    },
                    (
                        "The target must differ from the baseline",
                        "The date of the target must be after the date of the baseline",
                    ),
                ),
                Wrong(
                    {
                        "Where are you now?": "half",
                        "Where do you want to be?": "76.125",
                        "By when?": day("2027-07-02"),
                    },
                    (
                        "The baseline must be a number, like 12 or 12.5",
                        "The target can have at most 2 decimal places",
                    ),
                ),
            ),
        ),
    ),
)


def _activity(what: str, start: date, end: date, days: str) -> Answers:
    return {
        "What will happen?": what,
        "Who takes part?": "Reading leads",
        "When does it start?": start,
        "When does it end?": end,
        "How many days does it take?": days,
    }


PLAN = Part(
    "Dates and activities",
    (
        empty("Enter the start date", "Enter the end date"),
        Wrong(
            {"When does the project start?": START, "When does it end?": day("2026-10-04")},
            ("The end date must be after the start date",),
        ),
        Wrong({"When does it end?": day("2027-10-06")}, ("The project may last at most 12 months",)),
    ),
    {"When does the project start?": START, "When does it end?": END},
    (
        Row(
            "activity",
            (
                empty(
                    "Enter what will happen",
                    "Enter who takes part",
                    "Enter the number of days",
                ),
                Wrong(
                    _activity("Coaching", day("2026-10-04"), day("2027-07-17"), "1.3"),
                    (
                        "The project starts on 5 October 2026: start on or after that",
                        "The project ends on 16 July 2027: end on or before that",
                        "Days must be in whole or half days, like 6 or 2.5",
                    ),
                ),
            ),
            (
                _activity("Coaching in classrooms", START, day("2027-03-26"), "20"),
                _activity("Joint planning", day("2027-01-11"), END, "15.5"),
            ),
        ),
    ),
)

ON_COST = "Employer’s pension and National Insurance (%)"


WHY = "Why is the day rate this high?"  # asked only where it is


def _line(school: str, role: str, code: str, days: str, rate: str, on_cost: str, why: str = "") -> Answers:
    return {
        "Which school releases the member of staff?": Chosen(school),
        "Role": role,
        "The school’s own code for this person": code,
        "Days": days,
        "Day rate": rate,
        ON_COST: on_cost,
    } | ({WHY: why} if why else {})


TOO_HIGH = "Say why the day rate is above £450"
COSTS = Part(
    "Costs",
    rows=(
        Row(
            "line of backfill",
            (
                empty(
                    "Select the school that releases the member of staff",
                    "Enter the role of the member of staff",
                    "Enter the school’s own code for this person",
                ),
                Wrong(
                    {"Role": "Reading lead", "The school’s own code for this person": "C" * 21},
                    (
                        "Select the school that releases the member of staff",
                        "The school’s own code for this person must be 20 characters or fewer",
                    ),
                ),
            ),
            (
                _line("Oakfield Primary School", "Reading lead", "RL1", "10", "350", "0"),
                _line("Oakfield Primary School", "Deputy head", "DH1", "6", "420", "28.68"),
                _line("Elm Grove Primary School", "Reading lead", "RL2", "4", "350", "0"),
                _line("Elm Grove Primary School", "Teacher", "T1", "2.5", "240", "40"),
                _line("Hazelmere Primary School", "Teaching assistant", "TA1", "7.5", "180", "25"),
                _line("Hazelmere Primary School", "Teaching assistant", "TA2", "3", "180", "25"),
                _line(
                    "Beech Lane School",
                    "Head teacher",
                    "HT1",
                    "2",
                    "500",
                    "0",
                    "The head is the only one who has led a change like this.",
                ),
                _line("Beech Lane School", "Teacher", "T2", "0.5", "280", "10"),
            ),
            (
                empty(
                    "Enter the number of days",
                    "Enter the day rate",
                    "Enter the percentage for employer’s pension and National Insurance, or 0",
                ),
                Wrong(
                    {"Days": "0", "Day rate": "2000.01", ON_COST: "101"},
                    (
                        "Days must be between 0.5 and 400",
                        "The day rate must be between £1 and £2,000",
                        "Employer’s pension and National Insurance must be between 0 and 100",
                    ),
                ),
                Wrong({"Days": "10", "Day rate": "450.01", ON_COST: "0"}, (TOO_HIGH,)),
            ),
        ),
        Row(
            "cost",
            (
                empty("Select the kind of cost", "Enter what the cost is for", "Enter the amount"),
                Wrong(
                    {
                        "What kind of cost is it?": ticked("Travel"),
                        "What is it for?": "Between the schools",
                        "Amount": "£12.345",
                    },
                    ("The amount can have at most 2 decimal places",),
                ),
            ),
            (
                {
                    "What kind of cost is it?": ticked("Travel"),
                    "What is it for?": "Between the schools",
                    "Amount": "120.50",
                },
                {
                    "What kind of cost is it?": ticked("Materials"),
                    "What is it for?": "Decodable books",
                    "Amount": "£500",
                },
            ),
        ),
        Row(
            "source of match funding",
            (
                empty("Enter who pays", "Select cash or in kind", "Enter the amount"),
                Wrong(
                    {"Who pays?": "Friends of Hazelmere", "How?": ticked("Cash"), "Amount": "0"},
                    ("The amount must be between £0.01 and £100,000,000",),
                ),
            ),
            ({"Who pays?": "Friends of Hazelmere", "How?": ticked("Cash"), "Amount": "1,119.74"},),
        ),
    ),
)
SUMS = (
    "10 days × £350.00 = £3,500.00",
    "6 days × £420.00 + 28.68% = £3,242.74",
    "4 days × £350.00 = £1,400.00",
    "2.5 days × £240.00 + 40% = £840.00",
    "7.5 days × £180.00 + 25% = £1,687.50",
    "3 days × £180.00 + 25% = £675.00",
    "2 days × £500.00 = £1,000.00",
    "0.5 days × £280.00 + 10% = £154.00",
    "Backfill £12,499.24",
    "Other costs £620.50",
    "Less cash match −£1,119.74",
    "Amount requested £12,000.00",
)

OTHER_FUNDING = Part(
    "Other funding",
    (
        empty("Select yes if other funding pays for the same days"),
        Wrong(
            {"Does any other funding pay for the same days?": ticked("Yes")},
            ("Say what the other funding pays for",),
        ),
    ),
    {"Does any other funding pay for the same days?": ticked("No")},
)

SHORT = (SCHOOLS, CONTACT, ABOUT, NEED, PUPILS, PLAN, OUTCOMES, COSTS, OTHER_FUNDING)

PROVIDER = Part(
    "Support from outside schools",
    (Wrong({"Name of the provider": "Reading Matters"}, ("Say why a school can’t give this support",)),),
    {"Why not a school?": "Nobody in the borough trains coaches."},
)
APPROACH = Part(
    "Your approach",
    (
        empty("Select the phases this will reach", "Say what will change in classrooms"),
        Wrong(
            {"What will change in classrooms?": "w" * 2001},
            ("Select the phases this will reach", "Your answer must be 2,000 characters or fewer"),
        ),
    ),
    {
        "Which phases of education will it reach?": ticked("Nursery", "Primary"),
        "What will change in classrooms?": "Every teacher teaches phonics daily, in one way.",
    },
)
STRENGTH = Part(
    "Evidence for your approach",
    (
        empty("Select how strong the evidence is"),
        Wrong(
            {"How strong is the evidence that it works?": ticked("EEF: 4 of 5, extensive")},
            ("Enter where the evidence comes from",),
        ),
    ),
    {"Where does that come from?": "EEF toolkit: phonics"},
)
RISKS = Part(
    "Risks",
    rows=(
        Row(
            "risk",
            (
                empty(
                    "Enter what could go wrong",
                    "Select how likely it is",
                    "Select how much it would matter",
                    "Enter what you will do about it",
                ),
                Wrong(
                    {
                        "What could go wrong?": "r" * 301,
                        "How likely is it?": ticked("2: unlikely"),
                        "How much would it matter?": ticked("4: a lot"),
                        "What will you do about it?": "Train two.",
                    },
                    ("Your answer must be 300 characters or fewer",),
                ),
            ),
            (
                {
                    "What could go wrong?": "A reading lead leaves.",
                    "How likely is it?": ticked("2: unlikely"),
                    "How much would it matter?": ticked("4: a lot"),
                    "What will you do about it?": "Train two.",
                },
            ),
        ),
    ),
)
VALUE = Part(
    "Value for money",
    (
        empty("Say why this is good value for money"),
        Wrong(
            {"Why is this good value for money?": "v" * 1001},
            ("Your answer must be 1,000 characters or fewer",),
        ),
    ),
    {"Why is this good value for money?": "£50 a pupil."},
)
LASTING = Part(
    "Making it last and sharing it",
    (empty("Say how the change will last", "Say how you will share what you learn"),),
    {
        "How will the change last when the money ends?": "The leads stay.",
        "How will you share what you learn with other schools?": "In open lessons.",
    },
)
EQUALITY = Part(
    "Equality",
    (empty("Say how this affects equality"),),
    {"What effect will this have on equality?": "Disadvantaged pupils gain most."},
)
QUESTIONS = Part(
    "Questions of this round",
    (empty("Answer “How do governors know?”"),),
    {"How do governors know?": "They visit each half term."},
)
APPROVER = Part(
    "Approver’s signature",
    (
        empty("Enter the approver’s name", "Enter the approver’s email address"),
        Wrong({"Full name": "Christine Ward", "Email address": "christine"}, (FORMAT,)),
    ),
    {"Full name": "Christine Ward", "Email address": address("Christine Ward")},
)

FULLER = (PROVIDER, APPROACH, STRENGTH, RISKS, VALUE, LASTING, EQUALITY, QUESTIONS, APPROVER)
