"""Meetings, agenda items, votes and minutes."""

from datetime import datetime, timedelta
from typing import Any

from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.minutes import Minutes, MinutesSection
from fundflow.models.panel import AgendaItem, Choice, Meeting, Presence, Vote
from fundflow.models.person import User
from fundflow.rules.panel.sittings import seats_of
from fundflow.workflow.meeting import MeetingState
from tests.factories.base import NOW
from tests.factories.funds import Funds


class Panels(Funds):
    """What the panel does."""

    def meeting(
        self,
        fund: Fund,
        state: MeetingState = MeetingState.PLANNED,
        starts_at: datetime = NOW + timedelta(days=20),
    ) -> Meeting:
        return self._add(Meeting(fund=fund, state=state, starts_at=starts_at, place="On a call"))

    def item(self, bid: Bid, meeting: Meeting | None = None) -> AgendaItem:
        meeting = meeting or self.meeting(bid.fund, MeetingState.IN_SESSION, NOW)
        position = 1 + max([i.position for i in meeting.items], default=0)
        return self._add(
            AgendaItem(meeting=meeting, bid=bid, position=position, rules_id=bid.fund.rules_in_force.id)
        )

    def minutes(self, meeting: Meeting, *texts: str, **values: Any) -> Minutes:
        """A draft of a meeting’s minutes, a section a text."""
        minutes = Minutes(meeting=meeting, drafted_at=NOW, **values)
        minutes.sections = [
            MinutesSection(position=n, heading=f"Section {n}", drafted=text, text=text)
            for n, text in enumerate(texts or ("The panel met.",), 1)
        ]
        return self._add(minutes)

    def barred(self, bid: Bid, person: User, *, by: User) -> None:
        """A colleague recorded that somebody’s being named in a bid bars them from it."""
        from fundflow.models.interest import Declaration, InterestKind

        bid.contact_email = person.email
        self.session.add(
            Declaration(
                bid=bid,
                user_id=person.id,
                kind=InterestKind.BARRED,
                text="Named in the bid as its contact.",
                declared_at=NOW,
                recorded_by_id=by.id,
            )
        )
        self.session.flush()

    def voted(self, item: AgendaItem, *choices: Choice) -> None:
        """The panel's members present, with nothing to declare, voting in the order of seats."""
        from fundflow.models.interest import Declaration, InterestKind

        for seat, choice in zip(seats_of(item, NOW), choices, strict=False):
            item.presences.append(Presence(seat_id=seat.id, present=True, changed_at=NOW))
            self.session.add(
                Declaration(
                    bid=item.bid,
                    user_id=seat.user_id,
                    kind=InterestKind.NONE,
                    declared_at=NOW,
                    recorded_by_id=seat.user_id,
                )
            )
            item.votes.append(Vote(seat=seat, choice=choice, at=NOW, recorded_by_id=seat.user_id))
        self.session.flush()
