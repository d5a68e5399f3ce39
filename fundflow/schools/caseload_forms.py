"""The forms of concerns, caseloads, looked-after children’s focus and reviews of a term."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from fundflow.models.area import Tier
from fundflow.models.caseload import Caseload, ConcernKind, ReviewOutcome
from fundflow.models.person import User
from fundflow.web.fields import Day, LongText, Radios, Select, Stamp, choices_of
from fundflow.web.forms import Form

STAFF_READ = "Staff of the council read this. The school doesn’t see it"


class EntryForm(Form):
    """An entry beside those before it: `seen` holds the ids of the newest ones the page showed."""

    seen = Stamp()

    def take_on(self, *latest: int) -> None:
        """Of a new page, and of a stale one: sent again, it means it."""
        self.seen.data = "-".join(map(str, latest))

    @property
    def latest(self) -> list[int]:
        """The ids; -1 for what is none."""
        parts = (self.seen.data or "").split("-")
        return [int(part) if re.fullmatch(r"[0-9]{1,9}", part) else -1 for part in parts[:2]]


def _today(field: Day, today: date) -> None:
    field.process(None, today)


class ConcernForm(Form):
    kind = Radios("What is it about?", choices=ConcernKind, missing="Select what it is about")
    reason = LongText("Why?", most=2_000, rows=5, missing="Enter the reason", description=STAFF_READ)
    review_on = Day("When is it reviewed?", what="The date", missing="Enter the day of the review")


class CaseloadForm(EntryForm):
    caseload = Radios("Which caseload?", choices=Caseload, missing="Select a caseload")
    officer = Select("Who looks after it?")
    from_on = Day("From when?", what="The date", missing="Enter the date from which it counts")
    reason = LongText("Why?", most=2_000, rows=5, missing="Enter the reason", description=STAFF_READ)
    people: dict[int, User]

    def offer(self, officers: Iterable[User], today: date) -> None:
        """The officers to choose from."""
        self.people = {officer.id: officer for officer in officers}
        names = [(str(key), user.name) for key, user in self.people.items()]
        self.officer.choices = choices_of([("", "The link officer of its patch"), *names])
        if not self.is_submitted():
            _today(self.from_on, today)

    @property
    def officer_chosen(self) -> User | None:
        return self.people[int(self.officer.data)] if self.officer.data else None


class FocusForm(EntryForm):
    focus = LongText(
        "What is watched?",
        most=2_000,
        rows=5,
        missing="Enter what is watched, or why nothing is any more",
        description="For example attendance or progress as a group. Don’t name children. " + STAFF_READ,
    )
    review_on = Day(
        "When is it reviewed? (optional)",
        what="The date",
        description="Leave it empty where nothing is watched any more",
    )


class TermReviewForm(EntryForm):
    reviewed_on = Day("When was it reviewed?", what="The date", missing="Enter the day of the review")
    outcome = Radios("What came of it?", choices=(), missing="Select what came of it")
    tier = Radios(
        "Which tier from now on?",
        choices=[(str(int(tier)), tier.words) for tier in Tier],
        description="Only where it is raised or lowered",
    )
    note = LongText(
        "What was seen, and why?", most=2_000, rows=5, missing="Enter what was seen", description=STAFF_READ
    )

    review_on = Day(
        "When is the concern reviewed?",
        what="The date",
        description="Only for a concern. It is raised with what you write above as its reason.",
    )
    now_in: Tier | None

    def offer(self, outcomes: Sequence[ReviewOutcome], now_in: Tier | None, today: date) -> None:
        """What may come of it. Without tiers none is asked for."""
        self.outcome.choices = choices_of((one.value, one.words) for one in outcomes)
        self.now_in = now_in
        if ReviewOutcome.RAISED not in outcomes:
            del self.tier
        if not self.is_submitted():
            _today(self.reviewed_on, today)

    def validate(self, extra_validators: Any = None) -> bool:
        fine: bool = super().validate(extra_validators)
        moves = self.outcome.data in (ReviewOutcome.RAISED.value, ReviewOutcome.LOWERED.value)
        if fine and not moves and self.tier_chosen not in (None, self.now_in):
            said = self.now_in.words if self.now_in else "none"
            words = f"Its tier is {said}. Select that it is raised or lowered, or leave the tier as it is"
            self.tier.errors, fine = [words], False
        return fine

    @property
    def tier_chosen(self) -> Tier | None:
        return Tier(int(self.tier.data)) if "tier" in self and self.tier.data else None
