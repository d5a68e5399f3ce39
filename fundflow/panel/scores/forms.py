"""Forms that follow the criteria of an item's rules, which differ between versions."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

from fundflow.models.scores import ScoreSheet
from fundflow.panel.operations.scores import LONGEST_REASON, Mark
from fundflow.web import fields as f
from fundflow.web.forms import Form
from fundflow.workflow.panel_rules import SCORE_WORDS, Criterion, Rules

SCALE = [(str(n), f"{n} {words.lower()}") for n, words in SCORE_WORDS.items()]
NOT_YET = [("", "–"), *SCALE]
Criteria = tuple[Criterion, ...]


class ScoreForm(Form):
    """One agreed score per criterion; an empty one stays as it was."""

    stamp = f.Stamp()
    rows: Criteria = ()

    @property
    def criteria(self) -> list[Any]:
        """The questions, in the order of the rules."""
        return [self[f"score_{row.slug}"] for row in self.rows]

    @property
    def scores(self) -> dict[str, int]:
        """What was given, of a form that is valid."""
        given = {row.slug: self[f"score_{row.slug}"].data for row in self.rows}
        return {slug: int(score) for slug, score in given.items() if score}

    def fill(self, given: Mapping[str, int], stamp: str) -> None:
        """Show what is agreed so far; of criteria these rules no longer have, nothing."""
        self.stamp.data = stamp
        for row in self.rows:
            if row.slug in given:
                self[f"score_{row.slug}"].data = str(given[row.slug])


def agreed_scores(rules: Rules) -> type[ScoreForm]:
    """The form of the agreed score under these rules."""
    return _agreed(rules.criteria)


@lru_cache(maxsize=64)
def _agreed(criteria: Criteria) -> type[ScoreForm]:
    fields = {
        f"score_{c.slug}": f.Select(f"{c.title} ({c.weight})", choices=NOT_YET, description=c.guidance)
        for c in criteria
    }
    return cast("type[ScoreForm]", type("AgreedScores", (ScoreForm,), {"rows": criteria, **fields}))


class Question(NamedTuple):
    """One criterion on a member's sheet: what it asks, and its two fields."""

    criterion: Criterion
    score: Any
    reason: Any


class SheetForm(Form):
    """A member's own scores: saved as far as they go, or handed in, which asks for all of them."""

    stamp = f.Stamp()
    rows: Criteria = ()

    @property
    def questions(self) -> list[Question]:
        return [Question(row, self[f"score_{row.slug}"], self[f"reason_{row.slug}"]) for row in self.rows]

    @property
    def marks(self) -> dict[str, Mark]:
        """What was given so far, of a form that is valid."""
        return {
            asked.criterion.slug: Mark(
                int(asked.score.data) if asked.score.data else None, asked.reason.data or ""
            )
            for asked in self.questions
        }

    def fill(self, marks: Mapping[str, Mark], stamp: str) -> None:
        """Show what is kept so far."""
        self.stamp.data = stamp
        for asked in self.questions:
            mark = marks.get(asked.criterion.slug, Mark())
            asked.score.data = None if mark.score is None else str(mark.score)
            asked.reason.data = mark.reason

    def is_whole(self) -> bool:
        """Whether it can be handed in; each question that is not answered says so."""
        for asked in self.questions:
            title = asked.criterion.title
            if not asked.score.data:
                asked.score.errors = [*asked.score.errors, f"Select a score for {title}"]
            if not asked.reason.data:
                asked.reason.errors = [*asked.reason.errors, f"Enter the reason for your score for {title}"]
        return not self.errors


def own_scores(rules: Rules) -> type[SheetForm]:
    """The form of a member's own scores under these rules."""
    return _sheet(rules.criteria)


@lru_cache(maxsize=64)
def _sheet(criteria: Criteria) -> type[SheetForm]:
    fields: dict[str, Any] = {}
    for row in criteria:
        fields[f"score_{row.slug}"] = f.Radios(f"{row.title}: score", choices=SCALE, description=row.guidance)
        fields[f"reason_{row.slug}"] = f.LongText(f"{row.title}: the reason", most=LONGEST_REASON, rows=3)
    return cast("type[SheetForm]", type("OwnScores", (SheetForm,), {"rows": criteria, **fields}))


class ModerationForm(Form):
    """What the panel said about one criterion, and who changed their score."""

    stamp = f.Stamp()
    note = f.LongText(
        "What was said?",
        most=2000,
        rows=4,
        missing="Enter what was said",
        description="Kept for the minutes and the audit. Schools don’t see it.",
    )
    sheets: tuple[int, ...] = ()

    @property
    def scores(self) -> list[Any]:
        """A question a member."""
        return [self[f"sheet_{number}"] for number in self.sheets]

    @property
    def changed(self) -> dict[int, int]:
        """Sheet's id → the score its member stands by now."""
        given = {number: self[f"sheet_{number}"].data for number in self.sheets}
        return {number: int(score) for number, score in given.items() if score}

    def fill(self, given: Mapping[int, int], stamp: str) -> None:
        self.stamp.data = stamp
        for number, score in given.items():
            self[f"sheet_{number}"].data = str(score)


def moderation(sheets: Sequence[ScoreSheet]) -> type[ModerationForm]:
    """The form with a question for each of these sheets' members."""
    fields = {f"sheet_{sheet.id}": f.Select(sheet.seat.user.name, choices=SCALE) for sheet in sheets}
    numbers = tuple(sheet.id for sheet in sheets)
    return cast("type[ModerationForm]", type("Moderation", (ModerationForm,), {"sheets": numbers, **fields}))
