"""What a bid answers about the panel: who is barred from it, its agenda items, its decisions."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import exists, select
from sqlalchemy.orm import object_session

from fundflow.models.own_schools import Own
from fundflow.models.person import User
from fundflow.workflow.date_words import day_words
from fundflow.workflow.interests import Bar, BarKind
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.working_days import london_date

if TYPE_CHECKING:
    from fundflow.models.bid import Bid
    from fundflow.models.panel import AgendaItem
    from fundflow.models.review import ReviewRequest


class BeforePanel:
    """Part of `Bid`."""

    def bar_of(self: "Bid", user: User, now: datetime) -> Bar | None:  # type: ignore[misc]
        """What keeps this person from handling the bid, or None.

        Barred: own school, own trust, or an interest declared as barring (also by a colleague, where
        the bid names them).
        """
        return self.bar_on(user, london_date(now))

    def bar_on(self: "Bid", user: User, day: date) -> Bar | None:  # type: ignore[misc]
        """`bar_of` on a date."""
        declared = Bar(BarKind.DECLARED) if self._declared_barred(user) else None
        return self.undeclared_bar(user, day) or declared

    def bar_from_deciding(self: "Bid", user: User, now: datetime) -> Bar | None:  # type: ignore[misc]
        """`bar_of`, or that this person disclosed an interest under rules that then give no vote."""
        if bar := self.bar_of(user, now):
            return bar
        item = self.latest_item
        if item is None or not item.may_fall_to(user, now) or item.rules.disclosed_may_vote:
            return None
        if not item.has_disclosed(user, now):
            return None
        return Bar(BarKind.DISCLOSED)

    def undeclared_bar(self: "Bid", user: User, day: date) -> Bar | None:  # type: ignore[misc]
        """The part of `bar_on` that needs no declaration: own school, own trust, a registered interest,
        or being named in the bid until a colleague has settled that."""
        named = Bar(BarKind.NAMED) if self._is_named_unsettled(user) else None
        return Own.of(user, day).bar_from(self.schools) or named

    def hides_from(self: "Bid", user: User, day: date) -> bool:  # type: ignore[misc]
        """Whether this person may not even read the bid: `bar_on`, but for a question that a colleague
        has not settled."""
        return bool(Own.of(user, day).bar_from(self.schools)) or self._declared_barred(user)

    def _is_named_unsettled(self: "Bid", user: User) -> bool:  # type: ignore[misc]
        """Whether the bid names this person, and no colleague has said whether that is an interest."""
        return any(person.is_open and person.user_id == user.id for person in self.named_people)

    def names_to_settle(self: "Bid") -> list[str]:  # type: ignore[misc]
        """Names of people of the council or the panel whom the bid names and nobody has settled."""
        return [person.user.name for person in self.named_people if person.is_open]

    def _declared_barred(self: "Bid", user: User) -> bool:  # type: ignore[misc]
        return any(said.bars and said.user_id == user.id for said in self.declarations)

    def took_part(self: "Bid", user: User) -> bool:  # type: ignore[misc]
        """Whether this person handled the bid, declared on it, or sat, scored, voted or clerked when
        the panel had it."""
        from fundflow.models.part_taken import took_part  # which knows the panel and the review

        session = object_session(self)
        return session is not None and took_part(session, self, user)

    @property
    def latest_item(self: "Bid") -> "AgendaItem | None":  # type: ignore[misc]
        return self.items[-1] if self.items else None

    @property
    def open_item(self: "Bid") -> "AgendaItem | None":  # type: ignore[misc]
        """The agenda item on which the panel may decide this bid now, if there is one."""
        item = self.latest_item
        return item if item and item.is_open else None

    def leave_agenda(self: "Bid", now: datetime) -> None:  # type: ignore[misc]
        """End the item on which the panel could decide the bid, if there is one."""
        from fundflow.models.panel import Outcome as Ended  # panel knows the bid

        if item := self.open_item:
            item.outcome, item.outcome_at = Ended.REMOVED, now
            item.meeting.touch()

    def times_deferred(self: "Bid") -> int:  # type: ignore[misc]
        return sum(item.was_deferred for item in self.items)

    @property
    def meeting_on(self: "Bid") -> date | None:  # type: ignore[misc]
        """The day of the meeting that is to decide the bid; None once that meeting is over."""
        item = self.open_item
        over = item is not None and item.meeting.state is MeetingState.CLOSED
        return london_date(item.meeting.starts_at) if item and not over else None

    @property
    def deferrals(self: "Bid") -> int:  # type: ignore[misc]
        return self.times_deferred()

    def panel_question_answered(self: "Bid") -> bool:  # type: ignore[misc]
        return bool(self.panel_answer)

    @property
    def review_request(self: "Bid") -> "ReviewRequest | None":  # type: ignore[misc]
        """The school's request for a review that nobody has heard yet."""
        return next((r for r in self.review_requests if r.heard_at is None), None)

    @property
    def told_at(self: "Bid") -> datetime:  # type: ignore[misc]
        """When the school was told of the refusal it may ask to have reviewed: as its letter went, or
        that of its correction."""
        from fundflow.models.decision import Decision  # decisions know the bid

        session = object_session(self)
        refusal = session and session.scalar(
            select(Decision)
            .where(Decision.bid_id == self.id, Decision.undone_at.is_(None))
            .where(Decision.decided_at >= self.state_since, Decision.pence.is_(None))
            .order_by(Decision.id.desc())
            .limit(1)
        )
        return (refusal.letters_sent_at or refusal.decided_at) if refusal else self.state_since

    def why_decision_questioned(self: "Bid") -> str | None:  # type: ignore[misc]
        """Why an offer can't be accepted, or lapse, yet: whether its decision stands is being checked."""
        from fundflow.models.decision import Decision, LateInterest

        session = object_session(self)
        found = exists().where(
            LateInterest.decision_id == Decision.id,
            LateInterest.settled_at.is_(None),
            Decision.bid_id == self.id,
            Decision.undone_at.is_(None),
        )
        checking = session is not None and session.scalar(select(found))
        return "The council is checking its decision and will write to you." if checking else None

    def why_letter_held(self: "Bid") -> str | None:  # type: ignore[misc]
        """Why a school can't answer an offer yet, as a sentence; None once its letter has gone."""
        if self.decision_held_until is None:
            return None
        return f"The letter with the decision comes by {day_words(self.decision_held_until)}."
