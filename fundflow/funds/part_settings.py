"""The settings of the parts that a fund may leave off, and of concerns and tiers."""

from wtforms import ValidationError

from fundflow.rules.concerns import floors_in, outcomes_offered
from fundflow.web.fields import Checkboxes, LongText, Tick
from fundflow.web.forms import Form

TIER_TEXT = "Shown to staff beside the tier."


class PartSettings(Form):
    """Their fields; the names are the fund's columns."""

    sells_services = Tick(
        "Schools buy services here",
        description="A catalogue, orders with terms of one to three years, and a list of charges to invoice. "
        "The income is not the fund’s money.",
    )
    has_advisers = Tick(
        "Advisers visit schools",
        description="A register of advisers, the schools of each, and three half-day visits a year.",
    )
    checks_support = Tick(
        "Officers check the quality of support",
        description="At the plan, mid-way and at the end, of support that a bid pays for.",
    )
    asks_schools = Tick(
        "Schools answer surveys",
        description="Questions with a last day to answer, one counted answer of each school, and a summary.",
    )
    assesses_need = Tick(
        "Need is assessed before money",
        description="For the priorities that ask for it, on each round’s page. Without an assessment no "
        "officer recommends money.",
    )
    shares_practice = Tick(
        "Schools find good practice, and officers log contacts with schools that take no part",
        description="A directory of case studies, offers, specialist units and schools that do well. "
        "Only the council’s people see the log.",
    )
    keeps_caseloads = Tick(
        "Officers keep concerns, caseloads and a review of every school each term",
        description="Staff alone read them: no school, panel or board does.",
    )
    academies_concern_only = Tick(
        "Academies have a concern or none, and no tier",
        description="Only where caseloads are kept. Tiers that were recorded before stay.",
    )
    tier_1_brings = LongText("What tier 1 brings", most=1000, rows=3, description=TIER_TEXT)
    tier_2_brings = LongText("What tier 2 brings", most=1000, rows=3, description=TIER_TEXT)
    tier_3_brings = LongText("What tier 3 brings", most=1000, rows=3, description=TIER_TEXT)
    tier_4_brings = LongText("What tier 4 brings", most=1000, rows=3, description=TIER_TEXT)
    concern_floors = LongText(
        "Floors of measures, one on each line",
        most=2000,
        rows=4,
        description="The measure’s name, a colon and the floor, like “Pupils at the phonics standard: 65”. "
        "A school beyond it is listed until a concern is raised.",
    )
    concern_outcomes = Checkboxes(
        "Outcomes of an inspection that call for a concern",
        choices=outcomes_offered(),
        description="In any area of a school’s newest inspection.",
    )

    def validate_concern_floors(self, field: LongText) -> None:
        try:
            floors_in(field.data or "")
        except ValueError as wrong:
            words = f"Each line needs a measure, a colon and a number up to 1,000,000. Put right: {wrong}"
            raise ValidationError(words) from None
