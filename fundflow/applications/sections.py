"""The bid's form as one table: each section's questions, and the rows it has several of.

Pages, saving, check answers, the Application tab and the frozen copies all read this table. What
a section still misses, and when it applies, stands in `rules.bid_sections`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fundflow.applications import full_forms as g
from fundflow.applications import known
from fundflow.applications import row_forms as r
from fundflow.applications import section_forms as f
from fundflow.applications.outcome_form import OutcomeForm
from fundflow.applications.row_forms import percent as percent
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
    Risk,
)
from fundflow.models.files import Attachment
from fundflow.models.money import days_in_sum as days
from fundflow.models.money import pounds
from fundflow.models.person import User
from fundflow.models.unfinished import Unfinished, unfinished_under, wrong_under
from fundflow.rules.bid_sections import SECTION, Section, round_questions_on
from fundflow.web.fields import LongText, Text
from fundflow.workflow.date_words import day_words


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """Something shown and frozen that no field of the form keeps; `always`: where it is empty too."""

    key: str
    label: str
    read: Callable[[Any], Any]
    always: bool = True


@dataclass(frozen=True, slots=True)
class Rows:
    """A kind of answer a bid has several of, such as lines of backfill.

    slug            in addresses; `title` stands above the rows, `one` is a row in words
    line            how a row reads in one line
    why_kept        why a row can't be removed, or can't name another school, as a sentence; else None
    copy_without    the answers that a copy of a row begins without; None where rows aren't copied
    begins_with     what a new row is filled in with
    kept_elsewhere  they are shown and frozen here, but filled in on a page of their own
    """

    slug: str
    collection: str
    model: type[Any]
    form: type[f.SectionForm]
    title: str
    one: str
    line: Callable[[Any], str]
    most: int = 20
    shown: tuple[ShownAnswer, ...] = ()
    why_kept: Callable[[Bid, Any], str | None] = lambda _bid, _row: None
    copy_without: tuple[str, ...] | None = None
    begins_with: Callable[[Bid, datetime], dict[str, Any]] = lambda _bid, _now: {}
    kept_elsewhere: bool = False

    def copy_of(self, row: Any) -> dict[str, Any]:
        """What a copy of this row begins with; nothing where rows aren't copied."""
        if self.copy_without is None:
            return {}
        return {name: value for name, value in self.form.typed(row).items() if name not in self.copy_without}

    def of(self, bid: Bid) -> list[Any]:
        """The bid's rows of this kind, in their order."""
        rows: list[Any] = getattr(bid, self.collection)
        return rows


@dataclass(frozen=True, slots=True)
class SectionPage:
    """One section's page: what it asks and shows.

    explain  what is said above the questions
    shown    what is shown and frozen beside the form's own answers
    prefill  what the form is filled in with while nothing is stored
    asked    questions of the round's own, with this bid's answers: their words are frozen too
    beside   the template of what stands beside the questions
    """

    section: Section
    form: type[f.SectionForm] = f.NoAnswersForm
    rows: tuple[Rows, ...] = ()
    explain: str | Callable[[Bid], str] = ""
    shown: tuple[ShownAnswer, ...] = ()
    prefill: Callable[[Bid, User, datetime], dict[str, Any]] | None = None
    asked: Callable[[Bid], list[tuple[str, str]]] | None = None
    beside: str = ""

    @property
    def slug(self) -> str:
        return self.section.slug

    @property
    def title(self) -> str:
        return self.section.title

    def rows_named(self, slug: str) -> Rows | None:
        """The kind of rows with this slug that is filled in here."""
        return next((rows for rows in self.rows if rows.slug == slug and not rows.kept_elsewhere), None)

    def is_started(self, bid: Bid) -> bool:
        """Whether anything is answered here, or typed and not yet right."""
        answers = self.form.for_bid(bid).typed(bid).values()
        return (
            any(map(_is_answer, answers))
            or any(rows.of(bid) for rows in self.rows)
            or bool(wrong_under(bid, f"form/{self.slug}"))
        )

    def explanation(self, bid: Bid) -> str:
        """What is said above the questions."""
        return self.explain(bid) if callable(self.explain) else self.explain


def _is_answer(value: Any) -> bool:
    """Whether something was entered: 0 and “no” are answers, a box that is not ticked is none."""
    return value is not False and value not in (None, "", [])


def dates(start: Any, end: Any) -> str:
    return f"{day_words(start)} to {day_words(end)}"


def _why_partner_kept(bid: Bid, partner: Partner) -> str | None:
    if any(line.school_id == partner.school_id for line in bid.backfill_lines):
        return f"{partner.school.name} has lines of backfill. Remove or change those first, under Costs."
    return None


def _who_signs(bid: Bid) -> str:
    who, school = bid.approver_wanted, bid.lead_school
    trust = school.trust.name if school.trust else "your trust"
    signer = {
        "For the trust": f"{school.name} is an academy, so somebody must sign for {trust}",
        "Chair of governors": "Your chair of governors must sign it",
        "For the organisation": f"Somebody must sign for {school.name}",
    }
    if who is None:
        return "A bid of this amount needs no signature."
    least = bid.fund.trust_signs_from_pence if who == "For the trust" else bid.fund.full_from_pence
    return (
        f"Your bid asks for {pounds(least, always_pence=False)} or more. {signer[who]}. "
        "We email them a link when you submit the bid."
    )


def _asked_by_round(slug: str, form: type[g.RoundQuestionsForm]) -> SectionPage:
    def asked(bid: Bid) -> list[tuple[str, str]]:
        said = bid.round_texts
        return [(question.text, said[question.id]) for question in round_questions_on(bid, form.page)]

    return SectionPage(SECTION[slug], form, asked=asked)


SCHOOL = ShownAnswer("school", "School", lambda row: row.school.ref)

PARTNERS = Rows(
    "schools",
    "partners",
    Partner,
    r.PartnerForm,
    "Other schools",
    "school",
    lambda p: f"{p.school.name}: {p.part.words.lower()}",
    shown=(SCHOOL,),
    why_kept=_why_partner_kept,
    begins_with=known.provider,
)
EVIDENCE = Rows(
    "evidence",
    "evidence",
    Evidence,
    r.EvidenceForm,
    "Evidence",
    "piece of evidence",
    lambda e: f"{e.source}, {day_words(e.dated)}",
)
GROUPS = Rows(
    "groups",
    "pupil_groups",
    PupilGroup,
    r.PupilGroupForm,
    "Pupil groups",
    "pupil group",
    lambda g: f"{g.group.words}{f' ({g.note})' if g.note else ''}: {g.count:,}",
)
OUTCOMES = Rows(
    "outcomes",
    "outcomes",
    Outcome,
    OutcomeForm,
    "Outcomes",
    "outcome",
    lambda o: (
        f"{o.measure}{' (gap)' if o.is_gap else ''}: from {o.baseline.normalize():f} to "
        f"{o.target.normalize():f} {o.unit} by {day_words(o.target_on)}"
    ),
    most=5,
    shown=(
        ShownAnswer("library", "Measure of the fund", lambda o: o.library.name if o.library else "", False),
    ),
)
ACTIVITIES = Rows(
    "activities",
    "activities",
    Activity,
    r.ActivityForm,
    "Activities",
    "activity",
    lambda a: f"{a.what}: {days(a.half_days)}, {dates(a.starts_on, a.ends_on)}",
    begins_with=known.project_dates,
)
BACKFILL = Rows(
    "backfill",
    "backfill_lines",
    BackfillLine,
    r.BackfillForm,
    "Cover for released staff (backfill)",
    "line of backfill",
    lambda b: (
        f"{b.staff_role}, {b.school.name}: {days(b.half_days)} × {pounds(b.day_rate_pence)}"
        f"{f' + {percent(b.on_cost_basis_points)}' if b.on_cost_basis_points else ''}"
        f" = {pounds(b.pence)}"
    ),
    most=50,
    copy_without=("staff_code",),
    begins_with=known.releasing_school,
    shown=(
        SCHOOL,
        ShownAnswer("grade", "Grade", lambda b: b.grade.title if b.grade else "", False),
        ShownAnswer("pence", "Cost", lambda b: b.pence),
    ),
)
COSTS = Rows(
    "other-costs",
    "cost_lines",
    CostLine,
    r.CostForm,
    "Other costs",
    "cost",
    lambda c: f"{c.kind.words}: {c.description} = {pounds(c.pence)}",
)
MATCH = Rows(
    "match",
    "match_funding",
    MatchFunding,
    r.MatchForm,
    "Match funding",
    "source of match funding",
    lambda m: f"{m.source}: {pounds(m.pence)} {m.kind.words.lower()}",
)

RISKS = Rows(
    "risks",
    "risks",
    Risk,
    r.RiskForm,
    "Risks",
    "risk",
    lambda k: f"{k.risk} (likelihood {k.likelihood} × impact {k.impact} = {k.likelihood * k.impact})",
    shown=(ShownAnswer("score", "Likelihood × impact", lambda k: k.likelihood * k.impact),),
)
FILES = Rows(
    "files",
    "files",
    Attachment,
    f.NoAnswersForm,
    "Attachments",
    "file",
    lambda a: a.name,
    most=5,
    shown=(
        ShownAnswer("name", "File", lambda a: a.name),
        ShownAnswer("description", "What it shows", lambda a: a.description),
        ShownAnswer("size", "Size", lambda a: a.size),
        ShownAnswer("sha256", "Fingerprint (SHA-256)", lambda a: a.sha256),
    ),
    kept_elsewhere=True,
)

PAGES = (
    SectionPage(
        SECTION["schools"],
        rows=(PARTNERS,),
        explain=("Add every other school that takes part. At least one must give or receive the support."),
    ),
    SectionPage(
        SECTION["provider"],
        g.ProviderForm,
        explain=(
            "The fund pays schools to help one another. If somebody else gives part of the support, such as "
            "a consultant or a charity, say who and why."
        ),
    ),
    SectionPage(
        SECTION["contact"],
        f.ContactForm,
        prefill=known.contact,
        explain="Whom we ask if something is not clear.",
    ),
    SectionPage(
        SECTION["about"],
        f.AboutForm,
        shown=(ShownAnswer("priority", "Priority", lambda b: b.priority.title if b.priority else ""),),
    ),
    SectionPage(SECTION["need"], f.NeedForm, (EVIDENCE,), beside="applications/_beside_need.html"),
    SectionPage(SECTION["pupils"], f.PupilsForm, (GROUPS,)),
    SectionPage(
        SECTION["outcomes"],
        rows=(OUTCOMES,),
        explain=("One to five things you will measure, with where you are now and where you want to be."),
    ),
    SectionPage(SECTION["approach"], g.ApproachForm),
    SectionPage(SECTION["strength"], g.StrengthForm),
    SectionPage(SECTION["plan"], f.PlanForm, (ACTIVITIES,)),
    SectionPage(
        SECTION["risks"],
        rows=(RISKS,),
        explain=("What could keep this from working, for example that a teacher leaves? Add at least one."),
    ),
    SectionPage(SECTION["costs"], rows=(BACKFILL, COSTS, MATCH)),
    SectionPage(SECTION["other-funding"], f.OtherFundingForm),
    SectionPage(SECTION["value"], g.ValueForm),
    SectionPage(SECTION["lasting"], g.LastingForm),
    SectionPage(SECTION["equality"], g.EqualityForm),
    _asked_by_round("round-questions", g.RoundQuestionsForm),
    _asked_by_round("more-questions", g.MoreQuestionsForm),
    SectionPage(SECTION["files"], rows=(FILES,)),
    SectionPage(
        SECTION["approver"],
        f.ApproverForm,
        prefill=known.approver,
        explain=_who_signs,
        shown=(ShownAnswer("approver_role", "Who signs", lambda b: b.approver_wanted),),
    ),
)

PAGE = {page.slug: page for page in PAGES}


def place_of(page: SectionPage, rows: Rows | None = None, number: int | None = None) -> str:
    """Where what is unfinished of a section, or of one of its rows, is held in `Bid.unfinished`."""
    return f"form/{page.slug}/{rows.slug}/{number}" if rows else f"form/{page.slug}"


def begun_rows(bid: Bid, page: SectionPage, rows: Rows) -> dict[int, Unfinished]:
    """What is kept of rows that were begun and are none yet, by their numbers."""
    held = unfinished_under(bid, f"form/{page.slug}/{rows.slug}")
    numbered = {int(place.rpartition("/")[2]): entry for place, entry in held.items()}
    return {number: numbered[number] for number in sorted(numbered.keys() - {row.id for row in rows.of(bid)})}


def begun_line(rows: Rows, entry: Unfinished) -> str:
    """How a row that was begun reads in one line: the first words typed in it."""
    words = [name for name, asked in rows.form.questions().items() if asked.field_class in (Text, LongText)]
    said = (text.strip() for name in words for text in entry["fields"].get(name, ()))
    return next(filter(None, said), f"{rows.one[0].upper()}{rows.one[1:]}")


def pages_of(bid: Bid) -> list[SectionPage]:
    """The sections this bid has to complete, and those the officer asks about, in order."""
    asked = bid.open_query_sections
    return [page for page in PAGES if page.slug in asked or page.section.applies(bid)]
