"""The bid's form as one table: each section's questions, and the rows it has several of.

Pages, saving, check answers, the Application tab and the frozen copies all read this table. What
a section still misses, and when it applies, stands in `models.bid_sections`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fundflow.applications import row_forms as r
from fundflow.applications import section_forms as f
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import (
    Activity,
    BackfillLine,
    CostLine,
    Evidence,
    MatchFunding,
    Outcome,
    Partner,
    PupilGroup,
)  # fmt: skip
from fundflow.models.bid_sections import SECTION, Section
from fundflow.models.money import pounds
from fundflow.models.person import User


@dataclass(frozen=True, slots=True)
class Shown:
    """Something shown and frozen beside what the form keeps."""

    key: str
    label: str
    read: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """A kind of answer a bid has several of.

    line      how a row reads in one line
    why_kept  why a row can't be removed, or can't name another school, as a sentence; else None
    """

    slug: str
    collection: str
    model: type[Any]
    form: type[f.SectionForm]
    title: str
    one: str
    line: Callable[[Any], str]
    most: int = 20
    shown: tuple[Shown, ...] = ()
    why_kept: Callable[[Bid, Any], str | None] = lambda _bid, _row: None

    def of(self, bid: Bid) -> list[Any]:
        rows: list[Any] = getattr(bid, self.collection)
        return rows


@dataclass(frozen=True, slots=True)
class SectionPage:
    section: Section
    form: type[f.SectionForm] = f.NoAnswersForm
    rows: tuple[Rows, ...] = ()
    explain: str = ""
    shown: tuple[Shown, ...] = ()
    prefill: Callable[[Bid, User], dict[str, Any]] | None = None  # while nothing is stored

    @property
    def slug(self) -> str:
        return self.section.slug

    @property
    def title(self) -> str:
        return self.section.title

    def kind(self, slug: str) -> Rows | None:
        return next((rows for rows in self.rows if rows.slug == slug), None)


def days(half_days: int) -> str:
    """`5` half days as “2.5 days”."""
    number = f"{half_days // 2}.5" if half_days % 2 else str(half_days // 2)
    return f"{number} day{'' if number == '1' else 's'}"


def percent(basis_points: int) -> str:
    """`4000` as “40%”."""
    return f"{basis_points / 100:g}%"


def dates(start: Any, end: Any) -> str:
    return f"{start:%-d %B %Y} to {end:%-d %B %Y}"


def _why_partner_kept(bid: Bid, partner: Partner) -> str | None:
    if any(line.school_id == partner.school_id for line in bid.backfill_lines):
        return (f"{partner.school.name} has lines of backfill. Remove or change those first, "
                "under Costs.")  # fmt: skip
    return None


def _me(bid: Bid, user: User) -> dict[str, Any]:
    if bid.contact_name or bid.contact_email:
        return {}
    return {"contact_name": user.name, "contact_role": user.job_title, "contact_email": user.email}


SCHOOL = Shown("school", "School", lambda row: f"{row.school.name} ({row.school.urn})")

PARTNERS = Rows(
    "schools", "partners", Partner, r.PartnerForm, "Other schools", "school",
    lambda p: f"{p.school.name}: {p.part.words.lower()}",
    shown=(SCHOOL,), why_kept=_why_partner_kept,
)  # fmt: skip
EVIDENCE = Rows(
    "evidence", "evidence", Evidence, r.EvidenceForm, "Evidence", "piece of evidence",
    lambda e: f"{e.source}, {e.dated:%-d %B %Y}",
)  # fmt: skip
GROUPS = Rows(
    "groups", "pupil_groups", PupilGroup, r.PupilGroupForm, "Pupil groups", "pupil group",
    lambda g: f"{g.group.words}{f' ({g.note})' if g.note else ''}: {g.count:,}",
)  # fmt: skip
OUTCOMES = Rows(
    "outcomes", "outcomes", Outcome, r.OutcomeForm, "Outcomes", "outcome",
    lambda o: f"{o.measure}: from {o.baseline.normalize():f} to {o.target.normalize():f} {o.unit} "
              f"by {o.target_on:%-d %B %Y}",
    most=5,
)  # fmt: skip
ACTIVITIES = Rows(
    "activities", "activities", Activity, r.ActivityForm, "Activities", "activity",
    lambda a: f"{a.what}: {days(a.half_days)}, {dates(a.starts_on, a.ends_on)}",
)  # fmt: skip
BACKFILL = Rows(
    "backfill", "backfill_lines", BackfillLine, r.BackfillForm,
    "Cover for released staff (backfill)", "line of backfill",
    lambda b: f"{b.staff_role}, {b.school.name}: {days(b.half_days)} × {pounds(b.day_rate_pence)}"
              f"{f' + {percent(b.on_cost_basis_points)}' if b.on_cost_basis_points else ''}"
              f" = {pounds(b.pence)}",
    most=50, shown=(SCHOOL, Shown("pence", "Cost", lambda b: b.pence)),
)  # fmt: skip
COSTS = Rows(
    "other-costs", "cost_lines", CostLine, r.CostForm, "Other costs", "cost",
    lambda c: f"{c.kind.words}: {c.description} = {pounds(c.pence)}",
)  # fmt: skip
MATCH = Rows(
    "match", "match_funding", MatchFunding, r.MatchForm, "Match funding", "source of match funding",
    lambda m: f"{m.source}: {pounds(m.pence)} {m.kind.words.lower()}",
)  # fmt: skip

PAGES = (
    SectionPage(SECTION["schools"], rows=(PARTNERS,), explain=(
        "Add every other school that takes part. At least one must give or receive the support.")),
    SectionPage(SECTION["contact"], f.ContactForm, prefill=_me,
                explain="Whom we ask if something is not clear."),
    SectionPage(SECTION["about"], f.AboutForm, shown=(
        Shown("priority", "Priority", lambda b: b.priority.title if b.priority else ""),)),
    SectionPage(SECTION["need"], f.NeedForm, (EVIDENCE,)),
    SectionPage(SECTION["pupils"], f.PupilsForm, (GROUPS,)),
    SectionPage(SECTION["outcomes"], rows=(OUTCOMES,), explain=(
        "One to five things you will measure, with where you are now and where you want to be.")),
    SectionPage(SECTION["plan"], f.PlanForm, (ACTIVITIES,)),
    SectionPage(SECTION["costs"], rows=(BACKFILL, COSTS, MATCH)),
    SectionPage(SECTION["other-funding"], f.OtherFundingForm),
    SectionPage(SECTION["approver"], f.ApproverForm, explain=(
        "A bid of this size needs the signature of your chair of governors or your trust.")),
)  # fmt: skip

PAGE = {page.slug: page for page in PAGES}


def pages_of(bid: Bid) -> list[SectionPage]:
    """The sections this bid has to complete, in order."""
    return [page for page in PAGES if page.section.applies(bid)]
