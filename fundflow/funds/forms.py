"""A fund's settings."""

import re
from collections.abc import Iterator
from typing import Any

from flask import current_app
from wtforms import ValidationError

from fundflow.funds.fields import amount_field, days_field, percent_field, roles_field, years_field
from fundflow.funds.part_settings import PartSettings
from fundflow.models.fund import Decider, Module, PaysBy
from fundflow.web.fields import Checkboxes, EmailAddress, LongText, Radios, Text, Tick
from fundflow.web.number_fields import NumberField, Pounds, WholeNumber


def _within_the_award(advance: WholeNumber, half_time: WholeNumber) -> None:
    if (advance.data or 0) + (half_time.data or 0) > 100:
        raise ValidationError("The advance and the payment at half-time can be 100% together at most")


class SettingsForm(PartSettings):
    """Every setting of a fund; the fields' names are the fund's columns."""

    name = Text("Name of the fund", most=120, missing="Enter the name of the fund")
    council = Text("Council", most=120, missing="Enter the name of the council")

    contact_name = Text("Who to ask: name", most=120, description="A person or a team.")
    contact_email = EmailAddress(
        "Who to ask: email address", description="Answers to the service’s letters go to it."
    )
    contact_phone = Text("Who to ask: telephone", most=40)
    data_protection_contact = Text(
        "How to reach the data protection officer",
        most=300,
        description="An email or postal address. It is in the privacy notice.",
    )
    retention = LongText(
        "How long the council keeps the fund’s records",
        most=2000,
        description="It is in the privacy notice. The service deletes no bid or payment by itself.",
    )
    accessibility_tests = LongText(
        "Who tested the service’s accessibility, how and when",
        most=2000,
        description="It is in the accessibility statement, with anything found that does not work.",
    )

    purpose = LongText(
        "What the fund is for",
        most=2000,
        description="It is on the fund’s public page.",
    )
    complaints = LongText(
        "How to complain about the fund",
        most=2000,
        description="It is on the fund’s public page. Say who to write to, and what happens then.",
    )
    whistleblowing = LongText(
        "How to report wrongdoing (whistle-blowing)",
        most=2000,
        description="It is with the ways to complain: on the fund’s public page, bids’ pages for schools "
        "and the help page.",
    )
    publishes_ratings = Tick(
        "The register of awards says how results were rated",
        description="Green, amber or red, once the final report is accepted.",
    )
    org_identifier = Text(
        "The council’s identifier (org-id) for open data",
        most=60,
        description="For example GB-LAE-SLG. Find yours at org-id.guide. Without it and the prefix below no "
        "360Giving file is published.",
    )
    grants_prefix = Text(
        "Prefix of grants in 360Giving",
        most=40,
        description="360Giving gives it to each publisher. Grants are then called 360G-PREFIX-REFERENCE.",
    )

    full_from_pence = amount_field(
        "Full form, and approver’s signature, from",
        "Smaller bids use the short form. For academies’ signatures, see below.",
    )
    bid_cap_pence = amount_field("Most a bid may ask for", "A bid for more can’t be submitted.", least=1)
    school_year_cap_pence = amount_field(
        "Most one school may be awarded in a financial year (optional)",
        "Counts the bids a school leads. Leave it empty for no cap.",
        least=1,
        needed=False,
    )
    trust_signs_from_pence = amount_field(
        "A trust signs an academy’s bid from",
        "Academies’ bids of this amount or more need the signature of their trust. 0 asks for it on "
        "every bid.",
    )
    allows_organisations = Tick(
        "Organisations that are not schools may lead a bid or take part",
        description="For example the virtual school or a children’s centre. Enter them under Schools first.",
    )
    takes_opendocument = Tick(
        "Schools may attach OpenDocument files (.odt and .ods)",
        description="As LibreOffice saves them. PDF, Word, Excel and CSV are always taken.",
    )
    takes_photographs = Tick(
        "Schools may attach photographs (JPEG and PNG)",
        description="For example of receipts. We remove where and when each was taken.",
    )
    day_rate_cap_pence = amount_field(
        "Day rate above which a bid must say why",
        "For staff of no grade. Grades have caps of their own, on the fund’s page.",
        least=1,
    )
    max_months = WholeNumber(
        "Months a project may last",
        what="The number of months",
        units=("months",),
        least=1,
        most=60,
        missing="Enter the number of months",
        description="From its first day to its last.",
    )
    materials_percent = percent_field(
        "Materials: at most this share of a bid (%)", "0 where the fund pays for no materials."
    )

    decider = Radios("Who decides?", choices=Decider, missing="Select who decides")
    officer_limit_pence = amount_field(
        "An authorised officer decides up to", "Only where an authorised officer decides."
    )
    delegation = Text(
        "The delegation an authorised officer’s decision cites",
        most=300,
        too_long="The delegation must be 300 characters or fewer",
        description="For example, Scheme of delegation 4.2",
    )
    holds_decision_letters = Tick(
        "An officer reads a decision’s letters over before they go",
        description="They go by themselves at the end of the days given below.",
    )

    lean_advance_percent = percent_field(
        "Advance on acceptance, short form (%)", "100 pays the whole award at once; the report reconciles it."
    )
    lean_half_time_percent = percent_field(
        "At half-time, short form (%)", "Paid once half-time is recorded or its report accepted."
    )
    full_advance_percent = percent_field(
        "Advance on acceptance, full form (%)", "0 here and below pays nothing in advance: all is claimed."
    )
    full_half_time_percent = percent_field(
        "At half-time, full form (%)", "The rest is kept until the final report is accepted."
    )

    returns_from_pence = amount_field(
        "More than one report for awards from", "Smaller awards have one report, of one page, at the end."
    )
    asks_interim = Tick(
        "Ask for an interim report at half-time",
        description="Not for support that takes less than a term. What an award pays at half-time waits for "
        "it; otherwise the officer records half-time.",
    )
    asks_follow_up = Tick("Ask for a follow-up report", description="It comes after closing.")
    paper_headings = LongText(
        "Headings of reports to the board, one on each line",
        most=4000,
        description="Leave it empty for the usual headings. “Purpose” and “Recommendations” are in every "
        "report: where you leave them out, they come first. Reports that were begun keep theirs.",
    )
    follow_up_months = WholeNumber(
        "Months from the end to the follow-up report",
        what="The number of months",
        units=("months",),
        least=1,
        most=36,
        missing="Enter the number of months",
    )

    pays_each_school = Tick(
        "Each school that releases staff is paid for them",
        description="Otherwise the lead school is paid the whole award, and pays the other schools.",
    )
    pays_in_runs = Tick(
        "Claims are paid in payment runs",
        description="One finance officer gathers a run and another approves it; the file goes to the finance "
        "system. Otherwise finance marks each claim as paid.",
    )
    let_go_pence = amount_field(
        "Finance may let go up to", "Of an award’s money that was paid and not earned."
    )

    pays_by = Radios("How this fund pays", choices=PaysBy, missing="Select how this fund pays")
    journals_maintained = Tick(
        "Maintained schools are paid by journal, without an invoice",
        description="Only where the fund pays by order and invoice. Ask the council’s VAT officer.",
    )
    vat_recoverable = Tick(
        "The council recovers the VAT that it pays",
        description="Then awards are without VAT. Otherwise VAT counts against the award, so schools must "
        "budget their costs with VAT.",
    )
    vat_on_costs = Tick(
        "Other costs carry VAT",
        description="Travel, materials and venues, at the standard rate. For staff the grade says it.",
    )

    green_from_percent = percent_field(
        "A bid is rated green from (%)", "Of the way from baseline to target, on average over its outcomes."
    )
    amber_from_percent = percent_field("A bid is rated amber from (%)", "Below it, red.")

    keep_awards_years = years_field(
        "Awards are kept for (years)", "From the day on which a bid was closed or stopped."
    )
    keep_refused_years = years_field("Bids that were not funded are kept for (years)")
    keep_drafts_years = years_field("Drafts that were never sent are kept for (years)")

    former_employer_years = WholeNumber(
        "A former employer is disclosed for (years)",
        what="The number of years",
        units=("years",),
        most=20,
        missing="Enter a number of years, or 0",
        description="A person who worked at a school of a bid in these years says so, and is not barred.",
    )
    asks_reply = Tick(
        "The school may reply once to the officer’s report",
        description="Until the papers go out. The reply stands beside the report. Nothing waits for it.",
    )

    code_roles = roles_field(
        "Who enters a fresh emailed code before payments and appointments?",
        "Before they check, pay or approve a payment, say who is paid, or change people’s roles.",
    )
    single_sign_on_roles = roles_field(
        "Who signs in again with their council account before them?",
        "Only where the council’s single sign-on is set up. They connect it under Your details first.",
    )

    officer_days = days_field("The officer checks a new bid within", "Then the officer is reminded.")
    answer_days = days_field("A school answers questions within", "Then the officer is asked what to do.")
    confirmation_days = days_field("Partners confirm within", "Approvers sign within the same time.")
    papers_days = days_field("Papers go out this long before a meeting")
    offer_days = days_field("A school replies to an offer within", "Then the offer lapses.")
    review_days = days_field("A school may ask for a review within", "Counted from the decision.")
    letter_days = days_field("A decision’s letters go within", "Counted from the decision.")
    report_days = days_field("The report is due this long after the end date")
    feedback_days = days_field(
        "A supported school is asked for feedback again after",
        "Twice. After the same time once more, it counts as not given.",
    )

    def validate(self, extra_validators: Any = None) -> bool:
        fine: bool = super().validate(extra_validators)
        for field in self:
            if isinstance(field, NumberField):  # many ask for an amount or a number: say which
                field.errors = [f"{field.label.text}: {why[0].lower()}{why[1:]}" for why in field.errors]
        if self.decider.data is Decider.AUTHORISED_OFFICER and not self.delegation.data:
            self.delegation.errors = ["Enter the delegation under which the officer decides"]
            return False
        return fine

    def validate_single_sign_on_roles(self, field: Checkboxes) -> None:
        if field.data and not current_app.config.get("OIDC_ISSUER"):
            raise ValidationError("The council’s single sign-on is not set up yet. Choose a code instead")

    def validate_org_identifier(self, field: Text) -> None:
        if field.data and not re.fullmatch(r"[A-Z]{2,3}-[A-Z0-9]+-[A-Za-z0-9-]+", field.data):
            raise ValidationError("The identifier must look like GB-LAE-SLG")

    def validate_grants_prefix(self, field: Text) -> None:
        if field.data and not re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", field.data):
            raise ValidationError("The prefix must be letters, digits and hyphens, without “360G-”")
        if field.data and field.data.upper().startswith("360G-"):
            raise ValidationError("Leave out “360G-”: it is put before the prefix")

    def validate_lean_half_time_percent(self, field: WholeNumber) -> None:
        _within_the_award(self.lean_advance_percent, field)

    def validate_full_half_time_percent(self, field: WholeNumber) -> None:
        _within_the_award(self.full_advance_percent, field)

    def validate_amber_from_percent(self, field: WholeNumber) -> None:
        if not 0 < (field.data or 0) < (self.green_from_percent.data or 0):
            raise ValidationError("Amber must begin above 0% and below green")

    def validate_officer_limit_pence(self, field: Pounds) -> None:
        if self.decider.data is Decider.AUTHORISED_OFFICER and field.data == 0:
            raise ValidationError("Enter the amount up to which the officer decides")

    def __iter__(self) -> Iterator[Any]:
        """The fields in the order in which the page shows them, for the error summary too."""
        shown = {name: self[name] for _, names in GROUPS for name in names}
        return iter([*shown.values(), *(field for name, field in self._fields.items() if name not in shown)])

    def settings(self) -> dict[str, Any]:
        """The answers by the fund's column."""
        return {
            name: (self[name].data or "") if isinstance(self[name], Text | LongText) else self[name].data
            for _, names in GROUPS
            for name in names
        }


# The settings in the order in which pages show them.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("The fund", ("name", "council")),
    ("Who to ask", ("contact_name", "contact_email", "contact_phone")),
    ("Pages the law asks for", ("data_protection_contact", "retention", "accessibility_tests")),
    (
        "What everybody may read",
        ("purpose", "complaints", "whistleblowing", "publishes_ratings", "org_identifier", "grants_prefix"),
    ),
    (
        "Bids",
        (
            "full_from_pence",
            "bid_cap_pence",
            "school_year_cap_pence",
            "trust_signs_from_pence",
            "allows_organisations",
            "takes_opendocument",
            "takes_photographs",
            "day_rate_cap_pence",
            "max_months",
            "materials_percent",
        ),
    ),
    (
        "Reports",
        ("returns_from_pence", "asks_interim", "asks_follow_up", "follow_up_months", "paper_headings"),
    ),
    (
        "Decisions",
        (
            "decider",
            "officer_limit_pence",
            "delegation",
            "holds_decision_letters",
            "former_employer_years",
            "asks_reply",
        ),
    ),
    ("How long bids are kept", ("keep_awards_years", "keep_refused_years", "keep_drafts_years")),
    (
        "Payment",
        (
            "lean_advance_percent",
            "lean_half_time_percent",
            "full_advance_percent",
            "full_half_time_percent",
            "pays_each_school",
            "pays_in_runs",
            "let_go_pence",
            "pays_by",
            "journals_maintained",
            "vat_recoverable",
            "vat_on_costs",
        ),
    ),
    ("Beside the fund", tuple(module.value for module in Module)),
    (
        "Tiers and concerns",
        (
            "academies_concern_only",
            "tier_1_brings",
            "tier_2_brings",
            "tier_3_brings",
            "tier_4_brings",
            "concern_floors",
            "concern_outcomes",
        ),
    ),
    ("Before payments and appointments", ("code_roles", "single_sign_on_roles")),
    ("Ratings of what changed", ("green_from_percent", "amber_from_percent")),
    (
        "Working days",
        (
            "officer_days",
            "answer_days",
            "confirmation_days",
            "papers_days",
            "letter_days",
            "offer_days",
            "review_days",
            "report_days",
            "feedback_days",
        ),
    ),
)
