"""Choosing the meeting to whose agenda something goes."""

from collections.abc import Iterable
from typing import Self

from fundflow.models.panel import Meeting
from fundflow.web.fields import Select, choices_of
from fundflow.web.forms import Form
from fundflow.workflow.date_words import moment_words


class ChooseMeetingForm(Form):
    meeting = Select("Which meeting?", missing="Select a meeting")

    def offer(self, meetings: Iterable[Meeting]) -> Self:
        """Put the meetings that take bids into the list."""
        pairs = [(str(m.id), f"{moment_words(m.starts_at)}, {m.place}") for m in meetings]
        pairs = pairs if len(pairs) == 1 else [("", "Select a meeting"), *pairs]
        self.meeting.choices = choices_of(pairs)
        return self

    @property
    def meeting_id(self) -> int:
        return int(self.meeting.data)
