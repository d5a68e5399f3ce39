"""What the two schools of the Slough journey enter: a bid of £3,000 and one of £18,000."""

from tests.journeys.acts import Answers, Section
from tests.journeys.award_acts import Worked
from tests.journeys.council import address, day
from tests.journeys.visitor import Chosen, ticked

# 6 days × £350 + 2.5 days × £240 with 40% + £60 = £2,100 + £840 + £60 = £3,000.00
SMALL = (
    Section(
        "Schools taking part",
        {},
        (
            (
                "school",
                {
                    "School": Chosen("Marish Primary School (138166)"),
                    "What does this school do?": ticked("Gives the support"),
                    "Name of its head teacher": "Daniel Price",
                    "Email address of its head teacher": address("Daniel Price"),
                },
            ),
        ),
    ),
    Section(
        "Contact",
        {
            "Name": "Sam Okafor",
            "Job": "School business manager",
            "Email address": address("Sam Okafor"),
            "Telephone number": "01632 960 001",
        },
    ),
    Section(
        "Title and priority",
        {
            "Title": "Reading recovery in Years 1 and 2",
            "Which priority does it serve?": ticked("Early reading and phonics"),
        },
    ),
    Section(
        "What needs to improve",
        {
            "What needs to improve, and how do you know?": (
                "Only 58% of Year 1 pupils reached the phonics standard; 81% did in the borough."
            ),
        },
        (
            (
                "piece of evidence",
                {
                    "What kind of evidence is it?": ticked("Assessment or test results"),
                    "Where does it come from?": "Phonics check",
                    "When is it from?": day("2026-06-30"),
                    "What does it show?": "58% met the standard.",
                },
            ),
        ),
    ),
    Section(
        "Who will benefit",
        {"How many pupils will benefit?": "48", "How many staff will benefit?": "4"},
        (
            (
                "pupil group",
                {"Which group?": ticked("Disadvantaged pupils"), "How many pupils of this group?": "19"},
            ),
        ),
    ),
    Section(
        "Outcomes",
        {},
        (
            (
                "outcome",
                {
                    "What will you measure?": "Year 1 phonics standard",
                    "In what unit?": "%",
                    "For which pupils?": Chosen("All pupils"),
                    "How will you measure it?": "Phonics check",
                    "Where are you now?": "58",
                    "When was that measured?": day("2026-06-30"),
                    "Where do you want to be?": "76",
                    "By when?": day("2026-12-18"),
                },
            ),
        ),
    ),
    Section(
        "Dates and activities",
        {"When does the project start?": day("2026-10-05"), "When does it end?": day("2026-12-18")},
        (
            (
                "activity",
                {
                    "What will happen?": "Coaching in classrooms",
                    "Who takes part?": "Reading lead, teacher",
                    "When does it start?": day("2026-10-05"),
                    "When does it end?": day("2026-12-18"),
                    "How many days does it take?": "8.5",
                },
            ),
        ),
    ),
    Section(
        "Costs",
        {},
        (
            (
                "line of backfill",
                {
                    "Which school releases the member of staff?": Chosen("Marish Primary School"),
                    "Role": "Reading lead",
                    "The school’s own code for this person": "RL1",
                    "Days": "6",
                    "Day rate": "350",
                    "Employer’s pension and National Insurance (%)": "0",
                },
            ),
            (
                "line of backfill",
                {
                    "Which school releases the member of staff?": Chosen("Marish Primary School"),
                    "Role": "Teacher",
                    "The school’s own code for this person": "T1",
                    "Days": "2.5",
                    "Day rate": "240",
                    "Employer’s pension and National Insurance (%)": "40",
                },
            ),
            (
                "cost",
                {
                    "What kind of cost is it?": ticked("Travel"),
                    "What is it for?": "Between the schools",
                    "Amount": "60",
                },
            ),
        ),
    ),
    Section("Other funding", {"Does any other funding pay for the same days?": ticked("No")}),
)

# 20 days × £420 + 15 days × £350 with 40% + 7.5 days × £240 + £450
# = £8,400 + £7,350 + £1,800 + £450 = £18,000.00
LARGE = (
    Section(
        "Schools taking part",
        {},
        (
            (
                "school",
                {
                    "School": Chosen("Langley Grammar School (136521)"),
                    "What does this school do?": ticked("Gives the support"),
                    "Name of its head teacher": "Marcus Webb",
                    "Email address of its head teacher": address("Marcus Webb"),
                },
            ),
        ),
    ),
    Section(
        "Contact",
        {
            "Name": "Nina Rossi",
            "Job": "School business manager",
            "Email address": address("Nina Rossi"),
            "Telephone number": "01632 960 002",
        },
    ),
    Section(
        "Title and priority",
        {
            "Title": "Closing the gap in Year 10 mathematics",
            "Which priority does it serve?": ticked("Disadvantaged pupils"),
        },
    ),
    Section(
        "What needs to improve",
        {
            "What needs to improve, and how do you know?": (
                "Disadvantaged pupils make half a grade less progress in mathematics than others."
            ),
        },
        (
            (
                "piece of evidence",
                {
                    "What kind of evidence is it?": ticked("Assessment or test results"),
                    "Where does it come from?": "Year 10 mock examinations",
                    "When is it from?": day("2026-12-11"),
                    "What does it show?": "41% of disadvantaged pupils are at grade 4.",
                },
            ),
            (
                "piece of evidence",
                {
                    "What kind of evidence is it?": ticked("Review by another school"),
                    "Where does it come from?": "Review by Langley Grammar School",
                    "When is it from?": day("2027-01-15"),
                    "What does it show?": (
                        "Each teacher plans alone, and orders topics in a way of their own."
                    ),
                },
            ),
        ),
    ),
    Section(
        "Who will benefit",
        {"How many pupils will benefit?": "96", "How many staff will benefit?": "9"},
        (
            (
                "pupil group",
                {"Which group?": ticked("Disadvantaged pupils"), "How many pupils of this group?": "41"},
            ),
        ),
    ),
    Section(
        "Outcomes",
        {},
        (
            (
                "outcome",
                {
                    "What will you measure?": "Disadvantaged pupils at grade 4",
                    "In what unit?": "%",
                    "For which pupils?": Chosen("Disadvantaged pupils"),
                    "How will you measure it?": "Mock examinations",
                    "Where are you now?": "41",
                    "When was that measured?": day("2026-12-11"),
                    "Where do you want to be?": "61",
                    "By when?": day("2027-07-16"),
                },
            ),
        ),
    ),
    Section(
        "Dates and activities",
        {"When does the project start?": day("2027-02-22"), "When does it end?": day("2027-07-16")},
        (
            (
                "activity",
                {
                    "What will happen?": "Joint planning and coaching",
                    "Who takes part?": "Three leaders",
                    "When does it start?": day("2027-02-22"),
                    "When does it end?": day("2027-07-16"),
                    "How many days does it take?": "42.5",
                },
            ),
        ),
    ),
    Section(
        "Costs",
        {},
        (
            (
                "line of backfill",
                {
                    "Which school releases the member of staff?": Chosen("Langley Grammar School"),
                    "Role": "Deputy head",
                    "The school’s own code for this person": "DH1",
                    "Days": "20",
                    "Day rate": "420",
                    "Employer’s pension and National Insurance (%)": "0",
                },
            ),
            (
                "line of backfill",
                {
                    "Which school releases the member of staff?": Chosen("Langley Grammar School"),
                    "Role": "Subject lead",
                    "The school’s own code for this person": "SL2",
                    "Days": "15",
                    "Day rate": "350",
                    "Employer’s pension and National Insurance (%)": "40",
                },
            ),
            (
                "line of backfill",
                {
                    "Which school releases the member of staff?": Chosen("Langley Grammar School"),
                    "Role": "Teacher",
                    "The school’s own code for this person": "T3",
                    "Days": "7.5",
                    "Day rate": "240",
                    "Employer’s pension and National Insurance (%)": "0",
                },
            ),
            (
                "cost",
                {
                    "What kind of cost is it?": ticked("Travel"),
                    "What is it for?": "Between the schools",
                    "Amount": "450",
                },
            ),
        ),
    ),
    Section("Other funding", {"Does any other funding pay for the same days?": ticked("No")}),
    Section(
        "Your approach",
        {
            "Which phases of education will it reach?": ticked("Secondary"),
            "What will change in classrooms?": (
                "Two departments plan one sequence together and teach it side by side for a term."
            ),
        },
    ),
    Section(
        "Evidence for your approach",
        {
            "How strong is the evidence that it works?": ticked("EEF: 3 of 5, moderate"),
            "Where does that come from?": "EEF toolkit: mastery learning",
        },
    ),
    Section(
        "Risks",
        {},
        (
            (
                "risk",
                {
                    "What could go wrong?": "A subject lead leaves in the summer.",
                    "How likely is it?": ticked("2: unlikely"),
                    "How much would it matter?": ticked("4: a lot"),
                    "What will you do about it?": "The deputy head knows the sequence as well.",
                },
            ),
        ),
    ),
    Section(
        "Value for money",
        {"Why is this good value for money?": "£188 a pupil; tutors would cost twice as much."},
    ),
    Section(
        "Making it last and sharing it",
        {
            "How will the change last when the money ends?": (
                "The sequence is ours, and so is the planning time."
            ),
            "How will you share what you learn with other schools?": "At the heads of mathematics’ meeting.",
        },
    ),
    Section(
        "Equality",
        {"What effect will this have on equality?": "Disadvantaged pupils gain most; nobody loses out."},
    ),
    Section(
        "Approver’s signature", {"Full name": "Christine Ward", "Email address": address("Christine Ward")}
    ),
)

DEPUTY_HEAD = "Deputy head, DH1, Langley Grammar School (20 days in the award)"
SUBJECT_LEAD = "Subject lead, SL2, Langley Grammar School (15 days in the award)"
TEACHER = "Teacher, T3, Langley Grammar School (7.5 days in the award)"

# Six days × £350 and 2.5 days × £240 with 40%, as in the bid; where they were spent is Pippins School.
READING_LEAD = "Reading lead, RL1, Marish Primary School (6 days in the award)"
PHONICS_TEACHER = "Teacher, T1, Marish Primary School (2.5 days in the award)"
SMALL_DAYS = (
    *(
        Worked(READING_LEAD, day(f"2026-{on}"))
        for on in ("10-06", "10-13", "10-20", "11-03", "11-10", "11-17")
    ),
    *(Worked(PHONICS_TEACHER, day(f"2026-{on}")) for on in ("10-07", "11-04")),
    Worked(PHONICS_TEACHER, day("2026-11-18"), "Half a day"),
)

SMALL_REPORT: Answers = {
    "Result 1: Year 1 phonics standard (%)": "75",
    "When was result 1 measured?": day("2026-12-17"),
    "Days of support delivered": "8.5",
    "What was spent of the award": "3000",
    "Quality of teaching before the support": ticked("2: developing"),
    "Quality of teaching now": ticked("3: secure"),
    "What did you learn? What would you do differently?": "Agree the days before the term begins.",
    "A summary that may be published": "Two schools worked on phonics; 75% now meet the standard.",
}
LARGE_REPORT: Answers = {
    "Result 1: Disadvantaged pupils at grade 4 (%)": "58",
    "When was result 1 measured?": day("2027-07-14"),
    "Days of support delivered": "29",
    "What was spent of the award": "12200",
    "Quality of teaching before the support": ticked("2: developing"),
    "Quality of teaching now": ticked("4: strong"),
    "Who judged the quality of teaching, and how?": "Both heads, in joint lesson visits",
    "What helped?": "Joint planning",
    "What did you learn? What would you do differently?": "Plan cover a half term ahead.",
    "A summary that may be published": "Joint planning in mathematics; 58% are at grade 4.",
}
