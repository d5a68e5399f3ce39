"""The answers a bid has several of: schools, evidence, outcomes, costs … One form a row.

A row is complete, or it is not kept.
"""

from typing import Any

from wtforms import ValidationError

from fundflow.applications.section_forms import SectionForm
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import CostKind, EvidenceKind, MatchKind, Part, PupilGroupKind
from fundflow.models.fund import StaffGrade
from fundflow.models.money import backfill_pence, days_in_sum, pounds
from fundflow.models.school import School
from fundflow.rules.bid_money import rate_cap_pence
from fundflow.rules.named_in_bid import why_not_contact
from fundflow.rules.school_queries import open_schools, school_by_urn
from fundflow.web.fields import Day, EmailAddress, LongText, Radios, Select, Text, choices_of
from fundflow.web.number_fields import HalfDays, Percent, Pounds, WholeNumber
from fundflow.workflow.date_words import day_words

MOST_DAY_RATE = 2_000_00
OTHER = "other"  # a grade that the fund has not
SUMMED = ("half_days", "day_rate_pence", "on_cost_basis_points")
VAT_CODES = (("outside", "Outside the scope of VAT"), ("exempt", "Exempt"), ("standard", "Standard rate"))
LIKELIHOOD = (
    ("1", "1: very unlikely"),
    ("2", "2: unlikely"),
    ("3", "3: possible"),
    ("4", "4: likely"),
    ("5", "5: very likely"),
)
IMPACT = (
    ("1", "1: hardly"),
    ("2", "2: a little"),
    ("3", "3: noticeably"),
    ("4", "4: a lot"),
    ("5", "5: it would stop the work"),
)


class PartnerForm(SectionForm):
    not_stored = ("school_urn", "urn_elsewhere")

    school_urn = Select("School", description="Open schools of this council")
    urn_elsewhere = Text(
        "URN of a school elsewhere",
        most=6,
        too_long="A URN is a number of 6 digits",
        description="Only if the school is not in the list. 6 digits",
    )
    part = Radios("What does this school do?", choices=Part, missing="Select what this school does")
    contact_name = Text(
        "Name of its head teacher", most=120, missing="Enter the name of the school’s head teacher"
    )
    contact_email = EmailAddress(
        "Email address of its head teacher",
        missing="Enter the email address of the school’s head teacher",
        description="We ask the head to confirm when you submit the bid",
    )

    def prepare(self) -> None:
        fund = self.bid.fund
        listed = open_schools(fund.la_code, organisations=fund.allows_organisations)
        lead = self.bid.lead_school.urn
        others = [pair for pair in listed if pair[0] != lead]
        self.school_urn.choices = choices_of([("", "Choose a school"), *others])
        if fund.allows_organisations:
            self.school_urn.description = "Open schools and other organisations of this council"
        if self.row and not self.is_submitted():
            urn = self.row.school.urn
            field = self.school_urn if urn in dict(others) else self.urn_elsewhere
            field.data = urn

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        listed, elsewhere = self.school_urn.data, self.urn_elsewhere.data
        field = self.school_urn if listed or not elsewhere else self.urn_elsewhere
        if listed and elsewhere:
            why: str | None = "Choose a school from the list or enter a URN, not both"
        elif not listed and not elsewhere:
            why = "Choose a school, or enter its URN"
        else:
            why = why_no_partner(self.bid, self.school(), self.others("partners"))
        if why and not field.errors:
            field.errors = [why]
        return bool(valid) and why is None and self._is_theirs()

    def _is_theirs(self) -> bool:
        """Whether the address may answer for the school: nobody answers for others what they ask."""
        school, email = self.school(), self.contact_email.data
        tie = why_not_contact(self.bid, school.id, email) if school and email else None
        if tie is None or not school:
            return True
        self.contact_email.errors = [
            f"This address {tie.of_address}. Enter that of the head of {school.name}"
        ]
        return False

    def school(self) -> School | None:
        """The school that was chosen or named by its URN."""
        return school_by_urn(self.urn_elsewhere.data or self.school_urn.data or "", organisations=True)

    def answers(self) -> dict[str, Any]:
        school = self.school()
        return super().answers() | {"school_id": school.id if school else None}


def why_no_partner(bid: Bid, school: School | None, partners: list[Any]) -> str | None:
    """Why this school can't take part beside these partners, or None."""
    if school is None:
        return "We hold no school with this URN"
    if school.id == bid.lead_school_id:
        return f"{school.name} leads the bid, so it takes part already"
    if not school.is_open:
        return f"{school.name} is not open"
    if school.is_organisation and not bid.fund.allows_organisations:
        return f"{school.name} is not a school, and this fund is for schools only"
    if any(partner.school_id == school.id for partner in partners):
        return f"You have added {school.name} already"
    return None


class EvidenceForm(SectionForm):
    kind = Radios("What kind of evidence is it?", choices=EvidenceKind, missing="Select the kind of evidence")
    source = Text(
        "Where does it come from?",
        most=200,
        missing="Enter where the evidence comes from",
        description="For example, “Key stage 2 results” or “Ofsted inspection”",
    )
    dated = Day("When is it from?", what="The date of the evidence", missing="Enter the date of the evidence")
    text = LongText(
        "What does it show?",
        most=500,
        missing="Enter what the evidence shows",
        description="Don’t name pupils",
        rows=5,
    )


class PupilGroupForm(SectionForm):
    group = Radios("Which group?", choices=PupilGroupKind, missing="Select a pupil group")
    note = Text("Which ethnic group?", most=120, description="Only for an ethnic group")
    count = WholeNumber(
        "How many pupils of this group?",
        what="The number of pupils",
        units=("pupils",),
        least=1,
        missing="Enter how many pupils of this group will benefit",
    )

    def validate_group(self, field: Any) -> None:
        if any(row.group is field.data for row in self.others("pupil_groups")):
            raise ValidationError("You have added this group already")

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.group.data is PupilGroupKind.ETHNIC_GROUP and not self.note.data:
            self.note.errors = ["Enter which ethnic group"]
            return False
        return bool(valid)


class ActivityForm(SectionForm):
    what = Text("What will happen?", most=200, missing="Enter what will happen")
    who = Text(
        "Who takes part?",
        most=200,
        missing="Enter who takes part",
        description="Roles rather than names, for example “Reading lead”",
    )
    starts_on = Day("When does it start?", what="The start date", missing="Enter the start date")
    ends_on = Day("When does it end?", what="The end date", missing="Enter the end date")
    half_days = HalfDays(
        "How many days does it take?",
        missing="Enter the number of days",
        description="In whole or half days, like 6 or 2.5",
    )

    def validate_starts_on(self, field: Any) -> None:
        start = self.bid.start_on
        if field.data and start and field.data < start:
            raise ValidationError(f"The project starts on {day_words(start)}: start on or after that")

    def validate_ends_on(self, field: Any) -> None:
        end = self.bid.end_on
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError("The end date must be after the start date")
        if field.data and end and field.data > end:
            raise ValidationError(f"The project ends on {day_words(end)}: end on or before that")


class BackfillForm(SectionForm):
    works_out = True
    second_part = (*SUMMED, "vat_code", "rate_reason")

    school_id = Select(
        "Which school releases the member of staff?",
        missing="Select the school that releases the member of staff",
    )
    staff_role = Text(
        "Role",
        most=120,
        missing="Enter the role of the member of staff",
        description="For example, “Reading lead”. Not a name",
    )
    staff_code = Text(
        "The school’s own code for this person",
        most=20,
        missing="Enter the school’s own code for this person",
        description="So that no name is needed, for example “RL1”",
    )
    grade_id = Select("Grade", missing="Select the grade of the member of staff")
    half_days = HalfDays(
        "Days", missing="Enter the number of days", description="In whole or half days, like 6 or 2.5"
    )
    day_rate_pence = Pounds(
        "Day rate",
        what="The day rate",
        least=1_00,
        most=MOST_DAY_RATE,
        per="day",
        missing="Enter the day rate",
    )
    on_cost_basis_points = Percent(
        "Employer’s pension and National Insurance (%)",
        what="Employer’s pension and National Insurance",
        missing="Enter the percentage for employer’s pension and National Insurance, or 0",
        description="Enter 0 if the day rate covers them",
    )
    vat_code = Radios(
        "VAT",
        choices=VAT_CODES,
        missing="Select how VAT applies",
        default="outside",
        description="Staff supplied between schools are mostly outside its scope",
    )
    rate_reason = LongText("Why is the day rate this high?", most=500, rows=3)

    def prepare(self) -> None:
        self.school_id.choices = choices_of(
            [("", "Choose a school"), *((str(s.id), s.name) for s in self.bid.schools)]
        )
        if grades := self.grades():
            words = [(str(g.id), f"{g.title}, up to {_pounds(g.cap_pence)} a day") for g in grades]
            self.grade_id.choices = choices_of([("", "Choose a grade"), *words, (OTHER, "Another grade")])
            if self.row and self.row.grade is None and self.row.rate_reason and not self.is_submitted():
                self.grade_id.data = OTHER
        else:
            del self.grade_id

    def asked(self) -> list[str]:
        """The reason is asked of a high rate, of another grade than the fund’s, or where it is there."""
        rate, reason = self.day_rate_pence.data, self.rate_reason
        if self.is_other():
            reason.label.text = "Which grade is it, and why this day rate?"
        else:
            reason.description = f"The fund usually pays up to {_pounds(self.cap_pence())} a day"
        is_high = rate is not None and rate > self.cap_pence()
        is_wanted = is_high or self.is_other() or reason.data or reason.errors
        return [name for name in super().asked() if is_wanted or name != reason.name]

    def is_other(self) -> bool:
        """Whether the member of staff is of no grade that the fund has."""
        return "grade_id" in self and self.grade_id.data == OTHER

    def cap_pence(self) -> int:
        """Above this day rate the form asks for a reason."""
        return rate_cap_pence(self.bid.fund, self.grade())

    def grades(self) -> list[StaffGrade]:
        """The fund's grades, and the row's own if it is no longer offered."""
        offered = self.bid.fund.grades_offered
        own = self.row.grade if self.row else None
        return [*offered, own] if own and own not in offered else offered

    def grade(self) -> StaffGrade | None:
        """The grade that was chosen."""
        chosen = self.grade_id.data if "grade_id" in self else None
        return next((grade for grade in self.grades() if str(grade.id) == chosen), None)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        cap, rate = self.cap_pence(), self.day_rate_pence.data
        if self.is_other() and not self.rate_reason.data:
            return self.lacks(self.rate_reason, "Say which grade it is, and why it costs this much a day")
        if rate is None or rate <= cap or self.rate_reason.data:
            return bool(valid)
        return self.lacks(self.rate_reason, f"Say why the day rate is above {_pounds(cap)}")

    def work_out(self) -> str | None:
        """Once it is sent, errors are noted on the sum's three fields alone."""
        parts = [self[name] for name in SUMMED]
        right = [part.validate(self) for part in parts] if self.is_submitted() else []
        if not all(right) or any(part.data is None for part in parts):
            return None
        return sum_in_words(*(part.data for part in parts))

    def answers(self) -> dict[str, Any]:
        grade = self.grade()
        return super().answers() | {"school_id": int(self.school_id.data), "grade_id": grade and grade.id}


def sum_in_words(half_days: int, day_rate_pence: int, on_cost_basis_points: int) -> str:
    """“6 days × £350.00 + 0% = £2,100.00”"""
    cost = backfill_pence(half_days, day_rate_pence, on_cost_basis_points)
    return (
        f"{days_in_sum(half_days)} × {pounds(day_rate_pence)} + {percent(on_cost_basis_points)} = "
        f"{pounds(cost)}"
    )


def percent(basis_points: int) -> str:
    """`4000` as “40%”."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") + "%" if rest else f"{whole}%"


def _pounds(pence: int) -> str:
    return pounds(pence, always_pence=False)


class CostForm(SectionForm):
    kind = Radios(
        "What kind of cost is it?",
        choices=CostKind,
        missing="Select the kind of cost",
        description="Equipment and licences can’t be paid from this fund",
    )
    description = Text("What is it for?", most=200, missing="Enter what the cost is for")
    pence = Pounds("Amount", what="The amount", missing="Enter the amount")


class MatchForm(SectionForm):
    source = Text("Who pays?", most=200, missing="Enter who pays")
    kind = Radios(
        "How?",
        choices=MatchKind,
        missing="Select cash or in kind",
        description="Cash is taken off what you ask for. In kind is not",
    )
    pence = Pounds("Amount", what="The amount", missing="Enter the amount")


class RiskForm(SectionForm):
    risk = LongText("What could go wrong?", most=300, rows=3, missing="Enter what could go wrong")
    likelihood = Radios("How likely is it?", choices=LIKELIHOOD, missing="Select how likely it is")
    impact = Radios("How much would it matter?", choices=IMPACT, missing="Select how much it would matter")
    mitigation = LongText(
        "What will you do about it?", most=500, rows=4, missing="Enter what you will do about it"
    )

    @classmethod
    def typed(cls, record: Any) -> dict[str, Any]:
        stored = super().typed(record)
        return stored | {name: str(stored[name]) for name in ("likelihood", "impact")}

    def answers(self) -> dict[str, Any]:
        return super().answers() | {name: int(self[name].data) for name in ("likelihood", "impact")}
