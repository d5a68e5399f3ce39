"""A fund, its settings, its allocation lines and grades of staff."""

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import JSON, CheckConstraint, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, Pence, enum_of, key_to
from fundflow.models.days_off import DaysOff, Stored, Whose, days_for
from fundflow.models.panel_settings import PanelRules, first_version
from fundflow.models.school import SchoolKind
from fundflow.workflow.award import Tranche, tranches
from fundflow.workflow.date_words import day_words
from fundflow.workflow.panel_rules import Rules
from fundflow.workflow.worded import Worded
from fundflow.workflow.working_days import why_not_working

if TYPE_CHECKING:
    from fundflow.models.measure import Measure
    from fundflow.models.person import Seat


class Decider(Worded):
    """Who finally decides (Local Government Act 1972, s.101)."""

    PANEL = "panel", "The panel, recorded by its chair"
    AUTHORISED_OFFICER = "authorised_officer", "An authorised officer, on the panel’s recommendation"

    @property
    def person(self) -> str:
        """Who takes the decision, at the start of a sentence."""
        return {"panel": "The panel’s chair or deputy", "authorised_officer": "The authorised officer"}[
            self.value
        ]


class PaysBy(Worded):
    """How a fund pays (docs/rules.md, "Purchase mode")."""

    GRANT = "grant", "Grants: a claim is paid without an invoice"
    PURCHASE = "purchase", "Purchases: by order and invoice, with VAT"


class Module(Worded):
    """A part of the service that a fund may leave off; the value is the column that says so."""

    CATALOGUE = "sells_services", "Services that schools buy"
    ADVISERS = "has_advisers", "Advisers and their visits"
    QUALITY_CHECKS = "checks_support", "Quality checks of support"
    SURVEYS = "asks_schools", "Surveys of schools"
    NEED = "assesses_need", "Need assessed before money"
    SHARING = "shares_practice", "Good practice and engagement"
    CASELOADS = "keeps_caseloads", "Concerns, caseloads and reviews of schools"


class FundContact(NamedTuple):
    """Whom anybody may ask about a fund; each may be empty."""

    name: str
    email: str
    phone: str


class Fund(Base):
    """A fund and its settings; docs/rules.md, "Settings of a fund", lists those with a default."""

    __tablename__ = "fund"
    __table_args__ = (
        CheckConstraint("next_number > 0", name="numbers_start_at_one"),
        CheckConstraint("lean_advance_percent BETWEEN 0 AND 100", name="lean_advance_a_percentage"),
        CheckConstraint("full_advance_percent BETWEEN 0 AND 100", name="full_advance_a_percentage"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120))
    council: Mapped[str] = mapped_column(String(120))
    la_code: Mapped[str] = mapped_column(String(3))
    prefix: Mapped[str] = mapped_column(String(8), unique=True)  # of references: LSIF-0031
    next_number: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)

    contact_name: Mapped[str] = mapped_column(String(120), default="")  # whom anybody may ask
    contact_email: Mapped[str] = mapped_column(String(254), default="")  # letters are answered to it
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    letter_opening: Mapped[str] = mapped_column(Text, default="")  # `letters.frame`; empty: the usual words
    letter_closing: Mapped[str] = mapped_column(Text, default="")
    data_protection_contact: Mapped[str] = mapped_column(String(300), default="")
    retention: Mapped[str] = mapped_column(Text, default="")  # how long the council keeps records
    accessibility_tests: Mapped[str] = mapped_column(Text, default="")  # who tested what, and when

    purpose: Mapped[str] = mapped_column(Text, default="")  # what the money is for, on the fund's page
    complaints: Mapped[str] = mapped_column(Text, default="")  # how to complain, on the same page
    whistleblowing: Mapped[str] = mapped_column(Text, default="", server_default="")  # to report wrongdoing
    publishes_ratings: Mapped[bool] = mapped_column(default=False)  # green, amber or red, in the register
    org_identifier: Mapped[str] = mapped_column(String(60), default="")  # of the council: GB-LAE-SLG
    grants_prefix: Mapped[str] = mapped_column(String(40), default="")  # of 360G-PREFIX-REFERENCE

    full_from_pence: Mapped[Pence] = mapped_column(default=500_000)  # the lean path ends here
    bid_cap_pence: Mapped[Pence] = mapped_column(default=2_500_000)
    school_year_cap_pence: Mapped[Pence | None]  # of one lead school's awards in a financial year
    trust_signs_from_pence: Mapped[Pence] = mapped_column(default=500_000)  # of an academy's bid
    allows_organisations: Mapped[bool] = mapped_column(default=False)  # virtual school, children's centre
    max_months: Mapped[int] = mapped_column(default=12)
    materials_percent: Mapped[int] = mapped_column(default=10)
    day_rate_cap_pence: Mapped[Pence] = mapped_column(default=45_000)  # above it, say why

    takes_opendocument: Mapped[bool] = mapped_column(default=True)  # .odt and .ods
    takes_photographs: Mapped[bool] = mapped_column(default=True)  # JPEG and PNG, as of receipts

    decider: Mapped[Decider] = mapped_column(enum_of(Decider), default=Decider.PANEL)
    officer_limit_pence: Mapped[Pence] = mapped_column(default=2_500_000)
    delegation: Mapped[str] = mapped_column(String(300), default="")
    former_employer_years: Mapped[int] = mapped_column(default=3)  # disclosed so long
    keep_awards_years: Mapped[int] = mapped_column(default=6)  # after the end
    keep_refused_years: Mapped[int] = mapped_column(default=2)
    keep_drafts_years: Mapped[int] = mapped_column(default=1)
    asks_reply: Mapped[bool] = mapped_column(default=False)  # to the officer's report
    holds_decision_letters: Mapped[bool] = mapped_column(default=True)  # for the officer to read over

    lean_advance_percent: Mapped[int] = mapped_column(default=100)
    lean_half_time_percent: Mapped[int] = mapped_column(default=0)  # with the advance at most 100
    full_advance_percent: Mapped[int] = mapped_column(default=50)
    full_half_time_percent: Mapped[int] = mapped_column(default=30)
    pays_each_school: Mapped[bool] = mapped_column(default=False)  # for its own staff; else the lead school

    returns_from_pence: Mapped[Pence] = mapped_column(default=500_000)  # awards with more than a final report
    asks_interim: Mapped[bool] = mapped_column(default=True)  # at half-time of support of a term or more
    asks_follow_up: Mapped[bool] = mapped_column(default=True)
    follow_up_months: Mapped[int] = mapped_column(default=12)  # after the end

    paper_headings: Mapped[str] = mapped_column(
        Text, default="", server_default=""
    )  # a line each; empty: the usual

    pays_in_runs: Mapped[bool] = mapped_column(default=False)  # else each claim is marked as paid
    let_go_pence: Mapped[Pence] = mapped_column(default=5_000)  # finance may let so much go of an award

    green_from_percent: Mapped[int] = mapped_column(default=80)  # of the mean movement of a bid's results
    amber_from_percent: Mapped[int] = mapped_column(default=40)  # red below it

    sells_services: Mapped[bool] = mapped_column(default=False, server_default=false())  # see `Module`
    has_advisers: Mapped[bool] = mapped_column(default=False, server_default=false())
    checks_support: Mapped[bool] = mapped_column(default=False, server_default=false())
    asks_schools: Mapped[bool] = mapped_column(default=False, server_default=false())
    assesses_need: Mapped[bool] = mapped_column(default=False, server_default=false())
    shares_practice: Mapped[bool] = mapped_column(default=False, server_default=false())
    keeps_caseloads: Mapped[bool] = mapped_column(default=False, server_default=false())

    academies_concern_only: Mapped[bool] = mapped_column(default=False, server_default=false())  # no tier
    tier_1_brings: Mapped[str] = mapped_column(Text, default="", server_default="")
    tier_2_brings: Mapped[str] = mapped_column(Text, default="", server_default="")
    tier_3_brings: Mapped[str] = mapped_column(Text, default="", server_default="")
    tier_4_brings: Mapped[str] = mapped_column(Text, default="", server_default="")
    concern_floors: Mapped[str] = mapped_column(Text, default="", server_default="")  # `rules.concerns`
    concern_outcomes: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")

    pays_by: Mapped[PaysBy] = mapped_column(enum_of(PaysBy), default=PaysBy.GRANT)
    journals_maintained: Mapped[bool] = mapped_column(default=True)  # maintained schools are never invoiced
    vat_recoverable: Mapped[bool] = mapped_column(default=True)  # else it counts against the award
    vat_on_costs: Mapped[bool] = mapped_column(default=False)  # other costs carry VAT at the standard rate

    # Roles, by value, that show that it is them before money and appointments: by code, or single sign-on
    code_roles: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    single_sign_on_roles: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")

    answer_days: Mapped[int] = mapped_column(default=10)  # all in working days
    confirmation_days: Mapped[int] = mapped_column(default=10)
    officer_days: Mapped[int] = mapped_column(default=10)
    offer_days: Mapped[int] = mapped_column(default=15)
    review_days: Mapped[int] = mapped_column(default=10)
    letter_days: Mapped[int] = mapped_column(default=5)  # by when a decision's letters have gone
    papers_days: Mapped[int] = mapped_column(default=5)
    report_days: Mapped[int] = mapped_column(default=20)  # after the end date
    feedback_days: Mapped[int] = mapped_column(default=10)  # between asking for feedback and chasing it
    days_off: Mapped[list[Stored]] = mapped_column(JSON, default=list)  # no working days; see DaysOff

    allocations: Mapped[list["Allocation"]] = relationship(back_populates="fund")
    grades: Mapped[list["StaffGrade"]] = relationship(back_populates="fund", order_by="StaffGrade.id")
    measures: Mapped[list["Measure"]] = relationship(back_populates="fund", order_by="Measure.id")
    seats: Mapped[list["Seat"]] = relationship(order_by="Seat.id", viewonly=True)
    panel_rules: Mapped[list[PanelRules]] = relationship(back_populates="fund", order_by=PanelRules.number)

    def __init__(self, **values: Any) -> None:
        values.setdefault("panel_rules", [first_version()])
        super().__init__(**values)

    @property
    def contact(self) -> FundContact:
        return FundContact(self.contact_name, self.contact_email, self.contact_phone)

    @property
    def rules_in_force(self) -> PanelRules:
        """The latest version of the panel's rules."""
        return self.panel_rules[-1]

    @property
    def rules(self) -> Rules:
        """The panel's rules today; an item whose papers are out keeps its own."""
        return self.rules_in_force.rules

    @property
    def grades_offered(self) -> list["StaffGrade"]:
        """The grades a line of backfill may name today."""
        return [grade for grade in self.grades if not grade.retired]

    @property
    def measures_offered(self) -> list["Measure"]:
        """The measures an outcome may pick today."""
        return [measure for measure in self.measures if not measure.retired]

    @property
    def times_off(self) -> list[DaysOff]:
        """Closures and school holidays, the earliest first."""
        return sorted((DaysOff.stored(row) for row in self.days_off), key=lambda one: one[:3])

    @property
    def council_off(self) -> frozenset[date]:
        """The days on which the council's clocks stand still."""
        return days_for(self.days_off, Whose.COUNCIL)

    @property
    def schools_off(self) -> frozenset[date]:
        """The days on which the schools' clocks stand still: closures and school holidays."""
        return days_for(self.days_off, Whose.SCHOOLS)

    def why_off(self, day: date) -> str | None:
        """“a Saturday”, “in the school holidays (Easter)”, as it follows “is”; None for a working day."""
        held = (one for one in self.times_off if one.first <= day <= one.last)
        return why_not_working(day) or next((f"{one.whose.day_words} ({one.name})" for one in held), None)

    def remark_on(self, day: date) -> str | None:
        """What is odd about meeting on a day, as “27 March 2027 is a Saturday.”, or None."""
        what = self.why_off(day)
        return f"{day_words(day)} is {what}." if what else None

    @property
    def is_purchase(self) -> bool:
        """Whether it pays by order and invoice."""
        return self.pays_by is PaysBy.PURCHASE

    def schedule(self, awarded_pence: int) -> tuple[Tranche, ...]:
        """What of an award of this amount is paid when; empty where all is claimed as it is done."""
        if awarded_pence < self.full_from_pence:
            advance, half_time = self.lean_advance_percent, self.lean_half_time_percent
        else:
            advance, half_time = self.full_advance_percent, self.full_half_time_percent
        return tranches(advance, half_time)


class Allocation(Base):
    """One tranche of the fund's money: where it came from, and who it may pay.

    The amount itself is a ledger entry, so that a later cut stands beside it.
    """

    __tablename__ = "allocation"
    __table_args__ = (CheckConstraint("financial_year BETWEEN 2000 AND 2100", name="year_sensible"),)

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id")
    source: Mapped[str] = mapped_column(String(120))
    minute_reference: Mapped[str] = mapped_column(String(120))
    financial_year: Mapped[int]  # 2026 is 1 April 2026 to 31 March 2027
    pays: Mapped[list[str]] = mapped_column(JSON)  # SchoolKind values
    carries_forward: Mapped[bool] = mapped_column(default=False)
    cost_centre: Mapped[str] = mapped_column(String(40), default="")  # which what it pays is charged to
    subjective: Mapped[str] = mapped_column(String(40), default="")

    fund: Mapped[Fund] = relationship(back_populates="allocations")

    @property
    def in_words(self) -> str:
        """“Schools block, centrally retained, 2026/27”"""
        return f"{self.source}, {year_words(self.financial_year)}"

    @property
    def charged_words(self) -> str:
        """“cost centre 4711, subjective 63100”; empty where neither is given."""
        given = (("cost centre", self.cost_centre), ("subjective", self.subjective))
        return ", ".join(f"{what} {code}" for what, code in given if code)

    @property
    def lapses(self) -> int | None:
        """The financial year with whose end it lapses; None where it carries forward."""
        return None if self.carries_forward else self.financial_year

    def has_lapsed(self, year: int) -> bool:
        """Whether it lapsed before this financial year."""
        return self.lapses is not None and self.lapses < year

    def may_pay(self, kind: SchoolKind, year: int) -> bool:
        """Whether this line may pay a school of this kind in this financial year."""
        in_time = self.financial_year == year or (self.financial_year < year and self.carries_forward)
        return in_time and kind.value in self.pays


class StaffGrade(Base):
    """A grade of released staff and the day rate (pence) above which a bid must say why."""

    __tablename__ = "staff_grade"
    __table_args__ = (
        UniqueConstraint("fund_id", "title"),
        CheckConstraint("cap_pence > 0", name="some_cap"),
    )

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id")
    title: Mapped[str] = mapped_column(String(120))
    cap_pence: Mapped[Pence]
    standard_rated: Mapped[bool] = mapped_column(default=False)  # for VAT; else exempt
    retired: Mapped[bool] = mapped_column(default=False)  # no longer offered; old lines keep it

    fund: Mapped[Fund] = relationship(back_populates="grades")


def year_words(year: int) -> str:
    """`2026` as “2026/27”."""
    return f"{year}/{(year + 1) % 100:02}"
