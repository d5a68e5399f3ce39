"""The rows that the page of a change adds: staff, other costs, outcomes, and schools that join."""

from collections.abc import Callable, Mapping
from typing import Any

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, PupilGroupKind
from fundflow.models.school import School
from fundflow.payments.change_parts import Joins, NewLine, NewOutcome
from fundflow.rules.school_queries import open_schools, school_by_urn
from fundflow.web.added_rows import FormWithRows, Rows
from fundflow.web.fields import Day, EmailAddress, Select, Text, choices_of
from fundflow.web.number_fields import HalfDays, MeasuredNumber, Percent, Pounds

MOST_ROWS = 10  # of each kind
MOST_RATE = 2_000_00


def _measured(n: int) -> Callable[[Any], tuple[str, str]]:
    """What the outcome of a row measures, and in what unit, as typed."""
    end = f"o{n - 1}"

    def said(form: Any) -> tuple[str, str]:
        picked = f"measure_id_{end}" in form and form[f"measure_id_{end}"].data
        if form[f"compared_with_{end}"].data or picked:
            return "", ""  # the operation knows their range
        return form[f"measure_{end}"].data or "", form[f"unit_{end}"].data or ""

    return said


STAFF: Mapping[str, Callable[[int], Any]] = {
    "releasing": lambda n: Select(f"Which school releases added person {n}?"),
    "what": lambda n: Text(
        f"Role of added person {n}", most=200, description="For example, “Reading lead”. Not a name"
    ),
    "staff_code": lambda n: Text(f"The school’s own code for added person {n}", most=20),
    "grade": lambda n: Select(f"Grade of added person {n}"),
    "half_days": lambda n: HalfDays(f"Days of added person {n}"),
    "day_rate_pence": lambda n: Pounds(
        f"Day rate of added person {n}", what="The day rate", most=MOST_RATE, per="day"
    ),
    "on_cost_basis_points": lambda n: Percent(
        f"Employer’s pension and National Insurance of added person {n} (%)",
        what="Employer’s pension and National Insurance",
        description="Leave it empty if the day rate covers them",
    ),
    "from_on": lambda n: Day(
        f"From which day does the rate of added person {n} hold? (optional)",
        what="The day from which the rate holds",
        description="Only if this person has days at another rate in the award",
    ),
}
COSTS: Mapping[str, Callable[[int], Any]] = {
    "what": lambda n: Text(f"What added cost {n} is", most=200),
    "pence": lambda n: Pounds(f"Amount of added cost {n}", what="The cost"),
}
OUTCOMES: Mapping[str, Callable[[int], Any]] = {
    "measure_id": lambda n: Select(
        f"Measure of added outcome {n}",
        description="Pick one of the fund’s, so that results of several bids add up",
    ),
    "measure": lambda n: Text(f"What will added outcome {n} measure?", most=200),
    "unit": lambda n: Text(f"Unit of added outcome {n}", most=40, description="For example, “%”"),
    "group": lambda n: Select(
        f"For which pupils is added outcome {n}?",
        choices=[("", "Choose one"), *((group.value, group.words) for group in PupilGroupKind)],
    ),
    "compared_with": lambda n: Text(
        f"If added outcome {n} is to close a gap: compared with whom? (optional)",
        most=120,
        description="For example, “all other pupils”. Then enter the gap below, not the pupils’ own result",
    ),
    "method": lambda n: Text(f"How will you measure added outcome {n}?", most=200),
    "baseline": lambda n: MeasuredNumber(
        f"Where is added outcome {n} now?", what="The baseline", of=_measured(n)
    ),
    "baseline_on": lambda n: Day(f"When was added outcome {n} measured?", what="The date of the baseline"),
    "target": lambda n: MeasuredNumber(
        f"What is added outcome {n} to reach?", what="The target", of=_measured(n)
    ),
    "target_on": lambda n: Day(f"By when is added outcome {n} to get there?", what="The date of the target"),
}
SCHOOLS: Mapping[str, Callable[[int], Any]] = {
    "school": lambda n: Select(f"Which school joins? (school {n})"),
    "part": lambda n: Select(
        f"What will school {n} do?",
        choices=[("", "Choose one"), *((part.value, part.words) for part in Part)],
    ),
    "contact_name": lambda n: Text(
        f"Name of the head of school {n} (optional)",
        most=120,
        description="Where the head has no account, to be asked by email",
    ),
    "contact_email": lambda n: EmailAddress(f"Email address of the head of school {n} (optional)"),
}
KINDS = (
    Rows(
        "staff",
        "s",
        STAFF,
        {
            "releasing": "Select the school that releases this person",
            "what": "Enter the role",
            "staff_code": "Enter the school’s own code for this person",
            "grade": "Select the grade",
            "half_days": "Enter the number of days",
            "day_rate_pence": "Enter the day rate",
        },
    ),
    Rows("costs", "c", COSTS, {"what": "Enter what the cost is", "pence": "Enter the cost"}),
    Rows(
        "added",
        "o",
        OUTCOMES,
        {
            "measure": "Enter what it measures",
            "unit": "Enter the unit",
            "group": "Select a pupil group",
            "method": "Enter how you will measure it",
            "baseline": "Enter the baseline",
            "baseline_on": "Enter the date of the baseline",
            "target": "Enter the target",
            "target_on": "Enter the date of the target",
        },
    ),
    Rows(
        "schools",
        "j",
        SCHOOLS,
        {"school": "Select the school that joins", "part": "Select what the school will do"},
    ),
)


def offer(form: FormWithRows, bid: Bid) -> None:
    """List what the rows choose from: the schools that take part or are to join, the fund’s grades."""
    joining = form.ends("schools")
    listed = open_schools(bid.fund.la_code, organisations=bid.fund.allows_organisations) if joining else []
    for end in joining:
        form[f"school_{end}"].choices = choices_of([("", "Choose a school"), *listed])
    there = [bid.lead_school, *(partner.school for partner in bid.partners if partner.takes_part)]
    wanted = {form[f"school_{end}"].data for end in joining}
    schools = [(school.urn, school.name) for school in there]
    schools += [(urn, _school(urn).name) for urn, _words in listed if urn in wanted]
    grades = [(str(grade.id), grade.title) for grade in bid.fund.grades_offered]
    for end in form.ends("staff"):
        form[f"releasing_{end}"].choices = choices_of([("", "Choose a school"), *schools])
        if grades:
            form[f"grade_{end}"].choices = choices_of([("", "Choose a grade"), *grades])
        else:
            del form[f"grade_{end}"]

    measures = [
        (str(one.id), f"{one.words}, {one.better.words.lower()}") for one in bid.fund.measures_offered
    ]
    for end in form.ends("added"):
        if measures:
            choices = [("", "Our own, described below"), *measures]
            form[f"measure_id_{end}"].choices = choices_of(choices)
            _fill(form, end, bid)
        else:
            del form[f"measure_id_{end}"]


def _fill(form: FormWithRows, end: str, bid: Bid) -> None:
    """A measure of the fund that was picked answers what it is, in what unit, and how it is measured."""
    chosen = form[f"measure_id_{end}"].data
    picked = next((one for one in bid.fund.measures_offered if str(one.id) == chosen), None)
    if picked is None:
        return
    how = form[f"method_{end}"].data or picked.method
    for name, text in (("measure", picked.name), ("unit", picked.unit), ("method", how)):
        field = form[f"{name}_{end}"]
        field.data, field.raw_data = text, [text]


def new_lines(form: FormWithRows, bid: Bid) -> list[NewLine]:
    """The lines that a valid form adds."""
    found = []
    for end in form.filled("staff"):
        said = form.said("staff", end)
        school, grade = _school(said.pop("releasing")), said.pop("grade", None)
        found.append(NewLine(school.id, grade_id=int(grade) if grade else None, **said))
    costs = (form.said("costs", end) for end in form.filled("costs"))
    return [*found, *(NewLine(bid.lead_school_id, **said) for said in costs)]


def new_outcomes(form: FormWithRows) -> list[NewOutcome]:
    rows = (form.said("added", end) for end in form.filled("added"))
    return [
        NewOutcome(
            **{
                **said,
                "group": PupilGroupKind(said["group"]),
                "measure_id": int(said.get("measure_id", 0)) or None,
            }
        )
        for said in rows
    ]


def joins(form: FormWithRows) -> list[Joins]:
    """The schools that a valid form lets join."""
    found = []
    for end in form.filled("schools"):
        said = form.said("schools", end)
        school, part = _school(said.pop("school")), Part(said.pop("part"))
        found.append(Joins(school.id, part, **said))
    return found


def _school(urn: str) -> School:
    school = school_by_urn(urn, organisations=True)
    if school is None:
        raise ValueError("The list of schools holds one that is not in the register.")
    return school
