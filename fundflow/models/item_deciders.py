"""What an agenda item answers about whoever decides it: who that can be, and what keeps them from it."""

from datetime import datetime
from typing import TYPE_CHECKING

from fundflow.models.fund import Decider
from fundflow.models.interest import InterestKind
from fundflow.models.interest_records import shown_by_records
from fundflow.models.panel_sitting import Sitting
from fundflow.models.person import RoleName, SeatPosition, User
from fundflow.workflow.date_words import day_words
from fundflow.workflow.working_days import london_date

if TYPE_CHECKING:
    from fundflow.models.panel import AgendaItem


class DecidedItem:
    """Part of `AgendaItem`."""

    def may_fall_to(self: "AgendaItem", user: User, now: datetime) -> bool:  # type: ignore[misc]
        """Whether it can be this person who decides: the chair or a deputy, else an authorised officer."""
        day = london_date(now)
        if self.bid.fund.decider is Decider.AUTHORISED_OFFICER:
            return RoleName.AUTHORISED_OFFICER in user.roles_on(day)
        mine = [seat for seat in user.seats_on(day) if seat.fund_id == self.bid.fund_id]
        return any(seat.position is not SeatPosition.MEMBER for seat in mine)

    def has_disclosed(self: "AgendaItem", user: User, now: datetime) -> bool:  # type: ignore[misc]
        """Whether an interest of this person's stands open: declared, or shown by the records."""
        if any(s.user_id == user.id and s.kind is InterestKind.DISCLOSED for s in self.bid.declarations):
            return True
        day, seats = london_date(now), self.seats(now)
        if any(seat.user_id == user.id for seat in seats):
            return bool(self._shown_by_records(seats, day).get(user.id))
        clusters = self.rules.cluster_discloses
        return bool(shown_by_records(self.bid, [user], on=day, clusters=clusters).get(user.id))

    def why_decider_not_there(self: "AgendaItem", user: User, sitting: Sitting, now: datetime) -> str | None:  # type: ignore[misc]
        """Why whoever chairs can't record the panel's decision: they are not there for this item. An
        authorised officer, who decides on the panel's recommendation, need not be."""
        if self.bid.fund.decider is Decider.AUTHORISED_OFFICER or not self.may_fall_to(user, now):
            return None
        if any(s.present and s.seat.user_id == user.id for s in sitting.standings):
            return None
        if self.meeting.takes_bids and not self.email_vote_until:
            return f"The panel meets on {day_words(london_date(self.meeting.starts_at))}."
        return "You are not recorded as present for this bid. Ask the clerk, who keeps the attendance."
