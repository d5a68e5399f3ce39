"""What the demonstration's stories share: the fund, its people, and days counted from now."""

from datetime import datetime, timedelta

from fundflow.demo.people import People
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund, Round
from fundflow.workflow.working_days import LONDON, is_working_day


class Told:
    """What the stories share."""

    def __init__(self, fund: Fund, people: People, now: datetime) -> None:
        self.fund, self.people, self.now = fund, people, now
        rolling = db.session.query(Round).filter_by(fund_id=fund.id).one()
        self.rounds = {rolling.name: rolling}  # those with dates come in their time
        self.meetings: dict[int, int] = {}  # days from now → the meeting's id
        self.bids: dict[str, Bid] = {}  # by title

    def at(self, days: int, hour: int = 10) -> datetime:
        """An hour of the working day that lies that many days from now (or the one before it)."""
        return self._working(days, hour, -1)

    def after(self, days: int, hour: int = 10) -> datetime:
        """The same, or on the working day after it."""
        return self._working(days, hour, 1)

    def _working(self, days: int, hour: int, step: int) -> datetime:
        day = (self.now + timedelta(days=days)).astimezone(LONDON).date()
        while not is_working_day(day):
            day += timedelta(days=step)
        return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)
