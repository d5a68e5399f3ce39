"""What the demonstration's stories share: the fund, its people, and days counted from now."""

from datetime import date, datetime, timedelta

from fundflow.demo.people import People
from fundflow.demo.story import Story
from fundflow.demo.terms import days_without_school, meeting_days
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.round import Round
from fundflow.workflow.working_days import LONDON, is_working_day


class Told:
    """What the stories share."""

    def __init__(self, fund: Fund, people: People, now: datetime) -> None:
        self.fund, self.people, self.now = fund, people, now
        rolling = db.session.query(Round).filter_by(fund_id=fund.id).one()
        self.rounds = {rolling.name: rolling}  # those with dates come in their time
        self.meetings: dict[int, int] = {}  # days from now, as stories count them → the meeting's id
        today = self._day(0)
        self.meets = {days: (day - today).days for days, day in meeting_days(today).items()}
        self.bids: dict[str, Bid] = {}  # by title

    def in_term(self, story: Story) -> Story:
        """The story with its panel's day; where that was moved into term, the whole story moves with it."""
        if story.meeting is None:
            return story
        moved = self.as_told(story.meeting) - story.meeting
        return story._replace(began=story.began + moved, meeting=story.meeting + moved)

    def school_day(self, days: int) -> int:
        """The day that lies that many days from now, or the last before it on which schools were open."""
        off = days_without_school(self._day(0))
        while not is_working_day(self._day(days), off):
            days -= 1
        return days

    def as_told(self, days: int) -> int:
        """From when stories count a meeting: the day of one that was held, else the one it was planned for,
        so that what came before one that was put off to the next term has happened."""
        return self.meets[days] if days < 0 else days

    def at(self, days: int, hour: int = 10) -> datetime:
        """An hour of the working day that lies that many days from now (or the one before it)."""
        return self._working(days, hour, -1)

    def after(self, days: int, hour: int = 10) -> datetime:
        """The same, or on the working day after it."""
        return self._working(days, hour, 1)

    def _working(self, days: int, hour: int, step: int) -> datetime:
        day = self._day(days)
        while not is_working_day(day):
            day += timedelta(days=step)
        return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)

    def _day(self, days: int) -> date:
        return (self.now + timedelta(days=days)).astimezone(LONDON).date()
