"""The desk's forms: cover while away, and handing everything over."""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms import HiddenField

from fundflow.desk.cover import Dates
from fundflow.desk.hand_over import Everything
from fundflow.models.person import User
from fundflow.web.fields import Day, Select, Stamp, choices_of
from fundflow.web.forms import Form

STAY = "stay"


class CoverForm(Form):
    """Who covers for whom, and when; officers aren't asked who is away: they are."""

    away = Select("Who is away?", missing="Select who is away")
    covering = Select("Who covers?", missing="Select who covers")
    starts_on = Day("From", what="The first day", missing="Enter the first day")
    ends_on = Day("To", what="The last day", missing="Enter the last day")

    def among(self, officers: Sequence[User], user: User, *, for_anybody: bool) -> "CoverForm":
        """Put the officers into the lists; without `for_anybody` only `user` can be away."""
        if not for_anybody:
            del self.away
        else:
            self.away.choices = people_choices("Select an officer", officers)
        others = [one for one in officers if for_anybody or one.id != user.id]
        self.covering.choices = people_choices("Select an officer", others)
        return self

    @property
    def dates(self) -> Dates:
        return Dates(self.starts_on.data, self.ends_on.data)

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if fine and self.ends_on.data < self.starts_on.data:
            self.ends_on.errors = ["The last day must not be before the first day"]
            return False
        return fine


class HandOverForm(Form):
    """Who takes the bids that the new officer can't take. Carries what the page showed."""

    deputy = Select("Who takes the bids they can’t take?", choices=())
    stamp = Stamp()
    once = HiddenField()

    @classmethod
    def of_everything(cls, found: Everything, officers: Iterable[User]) -> "HandOverForm":
        form = cls()
        if not form.is_submitted():
            form.stamp.data, form.once.data = found.stamp, secrets.token_hex(8)
        others = [one for one in officers if one.id not in (found.of.id, found.to.id)]
        if not found.barred:
            del form.deputy
        else:
            form.deputy.choices = [
                *choices_of([(STAY, f"Nobody: they stay with {found.of.name}")]),
                *people_choices("", others)[1:],
            ]
        return form

    @property
    def deputy_id(self) -> int | None:
        given = self.deputy.data if self.deputy is not None else None
        return int(given) if given and given != STAY else None

    @property
    def mark(self) -> str:
        """The page's own mark; a new one where the page sent none."""
        given = self.once.data or ""
        return given if re.fullmatch(r"[0-9a-f]{16}", given) else secrets.token_hex(8)


def people_choices(first: str, people: Iterable[User]) -> Any:
    return choices_of([("", first), *((str(one.id), one.name) for one in people)])
