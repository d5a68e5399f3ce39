"""What a report is about: a fund, a period, and perhaps only some of its schools."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, select

from fundflow.models.area import Patch, Tier, TierEntry
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.round import Priority
from fundflow.models.school import PHASES, School
from fundflow.rules.feedback import ENOUGH
from fundflow.rules.interests.own_schools import OwnBodies
from fundflow.workflow.date_words import day_words
from fundflow.workflow.working_days import london_date, start_of, year_ends

OF_THE_WHOLE = "These are the whole fund’s figures: those of some schools could tell of one."


@dataclass(frozen=True)
class Cut:
    """What a figure counts. Periods and states are as they stood when the period ended.

    start, end  the first and last day of the period
    phase       code of `models.school.PHASES`, of the lead school; None for all
    patch       of the lead school
    priority    title of the bid's priority: each round names its own, so one title may be several rows
    tier        of the lead school, as it stood when the period ended; for staff alone
    own         the reader's own schools and trusts, whose tier they don't read: no tier counts them
    staff       whether all who read it work for the fund; the others are told nothing of one school
    """

    fund: Fund
    start: date
    end: date
    phase: int | None = None
    patch: Patch | None = None
    priority: str = ""
    tier: Tier | None = None
    own: OwnBodies | None = None
    staff: bool = False

    @property
    def whole(self) -> "Cut":
        """The same time of the whole fund."""
        return replace(self, phase=None, patch=None, priority="", tier=None)

    @property
    def told(self) -> "Cut":
        """The cut of figures that the register of awards does not give. Readers who are not staff get them
        for the whole fund alone: two cuts, one subtracted from the other, would tell of one school."""
        return self if self.staff else self.whole

    @cached_property
    def begins(self) -> datetime:
        """The period's first moment."""
        return start_of(self.start)

    def until(self, at: datetime) -> datetime:
        """The moment as at which figures are taken: the period's end, or `at` where that is earlier."""
        return min(start_of(self.end + timedelta(days=1)), at)

    def last_day(self, at: datetime) -> date:
        """The day as at which figures are taken."""
        return min(self.end, london_date(at))

    def is_past(self, at: datetime) -> bool:
        """Whether the period has ended: things may have moved since."""
        return self.until(at) < at

    @property
    def enough(self) -> int:
        """From how many bids on a mean, a median or a range is shown: one of fewer is a bid's own."""
        return 1 if self.staff else ENOUGH

    def shows_year(self, year: int, at: datetime) -> bool:
        """Whether a financial year has ended, and lies in the period or overlaps it."""
        first, last = year_ends(year)
        return last < london_date(at) and first <= self.end and last >= self.start

    @property
    def narrowed(self) -> list[str]:
        """What it is narrowed to, in words; empty for the whole fund."""
        found = [
            PHASES.get(self.phase, "Not known") if self.phase is not None else "",
            self.patch.name if self.patch else "",
            self.priority,
            f"tier {self.tier.words}" if self.tier else "",
        ]
        return [words for words in found if words]

    @property
    def is_whole(self) -> bool:
        return not self.narrowed

    def period_words(self, at: datetime) -> str:
        """“1 April 2026 to 31 March 2027”, as far as it has come."""
        return f"{day_words(self.start)} to {day_words(self.last_day(at))}"

    @property
    def told_words(self) -> tuple[str, ...]:
        """What is said over figures of `told` where something narrower was asked for."""
        return () if self.staff or self.is_whole else (OF_THE_WHOLE,)

    def of_school(self, at: datetime) -> list[ColumnElement[bool]]:
        """The conditions on `School` of a school that counts."""
        found = []
        if self.phase is not None:
            found.append(School.phase_code == self.phase)
        if self.patch:
            found.append(School.patch_id == self.patch.id)
        if self.tier:
            found += [self.own.not_among(School)] if self.own else []
            latest = (
                select(func.max(TierEntry.id))
                .where(TierEntry.from_on <= self.last_day(at))
                .group_by(TierEntry.school_id)
            )
            found.append(
                School.id.in_(
                    select(TierEntry.school_id).where(TierEntry.id.in_(latest), TierEntry.tier == self.tier)
                )
            )
        return found

    def of_bid(self, at: datetime) -> ColumnElement[bool]:
        """The condition on `Bid`: of the fund, and of the schools and the priority that count."""
        which = Bid.fund_id == self.fund.id
        if self.priority:
            titled = select(Priority.id).where(Priority.title == self.priority)
            which = which & Bid.priority_id.in_(titled)
        if schools := self.of_school(at):
            which = which & Bid.lead_school_id.in_(select(School.id).where(*schools))
        return which

    def bids(self, at: datetime) -> Select[int]:
        """The ids of the bids that count, whenever they were sent."""
        return select(Bid.id).where(self.of_bid(at), Bid.submitted_at < self.until(at))

    def during(self, moment: SQLColumnExpression[Any], at: datetime) -> ColumnElement[bool]:
        """Whether something happened in the period."""
        return (moment >= self.begins) & (moment < self.until(at))
