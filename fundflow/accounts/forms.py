"""Signing in, preferences, people and what they hold."""

from datetime import date
from typing import Any

from wtforms import ValidationError

from fundflow.accounts.people import RolePlace, SchoolPlace, SeatPlace
from fundflow.accounts.queries import MOST_MATCHES, schools_like, trusts_like
from fundflow.models.person import RoleName, SeatPosition, Sector, Standing
from fundflow.models.school import School, Trust
from fundflow.web.fields import Choice, Day, EmailAddress, Radios, Text, choices_of
from fundflow.web.forms import Form


class SignInForm(Form):
    email = EmailAddress("Email address", missing="Enter your email address")


class MeForm(Form):
    name = Text("Full name", most=120, missing="Enter your full name")
    job_title = Text("Job title (optional)", most=120)


class StaffMeForm(MeForm):
    letters = Radios(
        "How should we email you about bids?",
        choices=[("digest", "One email a day with everything new"),
                 ("each", "An email for each thing, at once")],
        missing="Select how we should email you",
    )  # fmt: skip


class PersonForm(Form):
    """Who somebody new is; joined with one of the forms of what they will hold."""

    email = EmailAddress("Email address", missing="Enter their email address")
    name = Text("Full name", most=120, missing="Enter their full name")
    job_title = Text("Job title (optional)", most=120)


def _first_day() -> Day:
    return Day("First day", what="First day", missing="Enter the first day")


def _last_day() -> Day:
    return Day("Last day (optional)", what="Last day")


class _PlaceForm(Form):
    """The base of the forms of what somebody holds; each declares its days last."""

    def validate(self, extra_validators: Any = None) -> bool:
        fine: bool = super().validate(extra_validators)
        first, last = self.starts_on.data, self.ends_on.data
        if fine and last and last < first:
            self.ends_on.errors = ["Last day must be the same as or after the first day"]
            return False
        return fine

    def prepare(self, funds: dict[int, str]) -> None:
        """Fill the lists that depend on what there is."""


class RoleForm(_PlaceForm):
    role = Choice("Role", choices=RoleName, missing="Select a role")
    fund = Choice("Which fund?")
    starts_on = _first_day()
    ends_on = _last_day()

    def prepare(self, funds: dict[int, str]) -> None:
        names = [(str(number), name) for number, name in funds.items()]
        self.fund.choices = choices_of([("", "Every fund"), *names])
        self.role.choices = [*choices_of([("", "Select a role")]), *self.role.choices]

    def place(self) -> RolePlace:
        fund_id = int(self.fund.data) if self.fund.data else None
        return RolePlace(self.role.data, fund_id, self.starts_on.data, self.ends_on.data)


class SchoolForm(_PlaceForm):
    school = Text("School", most=200, missing="Enter the school’s URN or part of its name")
    standing = Radios(
        "What may they do?", choices=Standing, missing="Select what they may do",
        hints={"leader": "Prepares and submits bids, accepts offers",
               "team": "Prepares bids, claims and reports, but can’t submit or accept"},
    )  # fmt: skip
    starts_on = _first_day()
    ends_on = _last_day()
    matches: list[School] = []
    found: School | None = None

    def validate_school(self, field: Text) -> None:
        self.matches = schools_like(field.data)
        self.found = _the_one("school", "URN", field.data, self.matches)

    def place(self) -> SchoolPlace:
        assert self.found is not None  # noqa: S101 (a valid form has found it)
        return SchoolPlace(self.found, self.standing.data, self.starts_on.data, self.ends_on.data)


class SeatForm(_PlaceForm):
    fund = Choice("Which fund’s panel?", missing="Select a fund")
    position = Radios("Position", choices=SeatPosition, missing="Select a position")
    sector = Choice("Speaks for", choices=Sector, missing="Select whom they speak for")
    school = Text("Their school, if they work or govern at one (optional)", most=200,
                  too_long="The school’s name must be 200 characters or fewer")  # fmt: skip
    trust = Text("Their trust, if they belong to one (optional)", most=200,
                 too_long="The trust’s name must be 200 characters or fewer")  # fmt: skip
    starts_on = _first_day()
    ends_on = _last_day()
    matches: list[School] = []
    trust_matches: list[Trust] = []
    found: School | None = None
    found_trust: Trust | None = None

    def prepare(self, funds: dict[int, str]) -> None:
        names = [(str(number), name) for number, name in funds.items()]
        self.fund.choices = choices_of([("", "Select a fund"), *names])
        self.sector.choices = [*choices_of([("", "Select whom they speak for")]),
                               *self.sector.choices]  # fmt: skip

    def validate_school(self, field: Text) -> None:
        if field.data:
            self.matches = schools_like(field.data)
            self.found = _the_one("school", "URN", field.data, self.matches)

    def validate_trust(self, field: Text) -> None:
        if field.data:
            self.trust_matches = trusts_like(field.data)
            self.found_trust = _the_one("trust", "code", field.data, self.trust_matches)

    def place(self) -> SeatPlace:
        return SeatPlace(int(self.fund.data), self.position.data, self.sector.data,
                         self.starts_on.data, self.ends_on.data, self.found,
                         self.found_trust)  # fmt: skip


class InviteRoleForm(PersonForm, RoleForm):
    pass


class InviteSchoolForm(PersonForm, SchoolForm):
    pass


class InviteSeatForm(PersonForm, SeatForm):
    pass


class EndForm(Form):
    last_day = Day("Last day", what="Last day", missing="Enter the last day")


# Each kind of thing to hold: its words and its forms, for somebody new and for somebody known.
KINDS: dict[str, tuple[str, type[Any], type[Any]]] = {
    "role": ("a role with the council", InviteRoleForm, RoleForm),
    "school": ("a place at a school", InviteSchoolForm, SchoolForm),
    "seat": ("a seat on a panel", InviteSeatForm, SeatForm),
}


def _the_one(noun: str, code: str, text: str, matches: list[Any]) -> Any:
    """The only match; raises ValidationError where there is none, or more than one."""
    if len(matches) == 1:
        return matches[0]
    if not matches:
        raise ValidationError(f"We know no {noun} like “{text}”. Check the name, or enter its {code}")
    many = f"More than {MOST_MATCHES - 1}" if len(matches) == MOST_MATCHES else str(len(matches))
    raise ValidationError(f"{many} {noun}s match “{text}”. Select one, or enter more of its name")


def place_form(kind: str, funds: dict[int, str], today: date, *, new: bool) -> Any:
    """The form for one kind of thing to hold, from today unless said otherwise."""
    _, invite, add = KINDS[kind]
    form = (invite if new else add)(starts_on=today)
    form.prepare(funds)
    return form
