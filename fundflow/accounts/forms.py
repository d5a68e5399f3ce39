"""Signing in, preferences, people and what they hold."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import HiddenField, ValidationError

from fundflow.accounts.appointing import PAST
from fundflow.accounts.places import RolePlace, SchoolPlace, SeatPlace
from fundflow.accounts.queries import seats_to_stand_in_for
from fundflow.models.holding_words import seat_words
from fundflow.models.person import RoleName, Seat, SeatPosition, Sector, Standing
from fundflow.models.school import School, Trust
from fundflow.web.fields import Day, EmailAddress, Radios, Select, Text, Upload, choices_of, tidy
from fundflow.web.finding import complain, the_school, the_trust
from fundflow.web.forms import Form

LONG_REASON = "The reason must be 300 characters or fewer"


class SignInForm(Form):
    email = EmailAddress("Email address", missing="Enter your email address")


class CodeForm(Form):
    code = Text("Six-digit code", most=20, missing="Enter the six-digit code")


class MeForm(Form):
    name = Text("Full name", most=120, missing="Enter your full name")
    job_title = Text("Job title (optional)", most=120)


class StaffMeForm(MeForm):
    letters = Radios(
        "How should we email you about bids?",
        choices=[
            ("digest", "One email a day with everything new"),
            ("each", "An email for each thing, at once"),
        ],
        missing="Select how we should email you",
    )


class AddressForm(Form):
    email = EmailAddress("New email address", missing="Enter the new email address")


class CorrectPersonForm(MeForm):
    """What an administrator changes about somebody."""

    email = EmailAddress("Email address", missing="Enter their email address")
    reason = Text("Why is it changed?", most=300, missing="Enter why it is changed", too_long=LONG_REASON)


class PersonForm(Form):
    """Who somebody new is; joined with one of the forms of what they will hold."""

    email = EmailAddress("Email address", missing="Enter their email address")
    name = Text("Full name", most=120, missing="Enter their full name")
    job_title = Text("Job title (optional)", most=120)


def _first_day() -> Day:
    return Day("First day", what="First day", missing="Enter the first day")


def _last_day() -> Day:
    return Day("Last day (optional)", what="Last day")


def _why_past() -> Text:
    return Text("Why does it begin in the past? (only where it does)", most=300, too_long=LONG_REASON)


class InviteManyForm(Form):
    file = Upload("CSV file", accept=".csv,text/csv", missing="Choose a CSV file")


class ConfirmManyForm(Form):
    """What was shown, sent back to be carried out."""

    text = HiddenField(filters=[tidy])


class _PlaceForm(Form):
    """The base of the forms of what somebody holds; each declares its days last."""

    today: date

    def validate(self, extra_validators: Any = None) -> bool:
        fine: bool = super().validate(extra_validators)
        first, last = self.starts_on.data, self.ends_on.data
        if fine and last and last < first:
            self.ends_on.errors = ["Last day must be the same as or after the first day"]
            return False
        if fine and first < self.today and not self.reason.data:
            self.reason.errors = [PAST]
            return False
        return fine

    def prepare(self, funds: dict[int, str]) -> None:
        """Fill the lists that depend on what there is."""


def _standing() -> Radios:
    return Radios(
        "What may they do?",
        choices=Standing,
        missing="Select what they may do",
        hints={
            "leader": "Prepares and submits bids, accepts offers",
            "team": "Prepares bids, claims and reports, but can’t submit or accept",
        },
    )


class InviteToSchoolForm(PersonForm):
    """Somebody of a school that takes part in a bid."""

    standing = _standing()


class RoleForm(_PlaceForm):
    role = Select("Role", choices=RoleName, missing="Select a role")
    fund = Select("Which fund?")
    starts_on = _first_day()
    ends_on = _last_day()
    reason = _why_past()

    def prepare(self, funds: dict[int, str]) -> None:
        names = [(str(number), name) for number, name in funds.items()]
        self.fund.choices = choices_of([("", "Every fund"), *names])
        self.role.choices = [*choices_of([("", "Select a role")]), *self.role.choices]

    def place(self) -> RolePlace:
        fund_id = int(self.fund.data) if self.fund.data else None
        return RolePlace(self.role.data, fund_id, self.starts_on.data, self.ends_on.data)


class SchoolForm(_PlaceForm):
    school = Text("School", most=200, missing="Enter the school’s URN or part of its name")
    standing = _standing()
    starts_on = _first_day()
    ends_on = _last_day()
    reason = _why_past()
    matches: list[School] = []
    found: School | None = None

    def validate_school(self, field: Text) -> None:
        self.found, self.matches, wrong = the_school(field.data)
        complain(wrong)

    def place(self) -> SchoolPlace:
        assert self.found is not None  # noqa: S101 (a valid form has found it)
        return SchoolPlace(self.found, self.standing.data, self.starts_on.data, self.ends_on.data)


class SeatForm(_PlaceForm):
    fund = Select("Which fund’s panel?", missing="Select a fund")
    position = Radios("Position", choices=SeatPosition, missing="Select a position")
    substitute = Select("Substitute for (optional)")
    sector = Select("Speaks for", choices=Sector, missing="Select who they speak for")
    school = Text(
        "Their school, if they work or govern at one (optional)",
        most=200,
        too_long="The school’s name must be 200 characters or fewer",
    )
    trust = Text(
        "Their trust, if they belong to one (optional)",
        most=200,
        too_long="The trust’s name must be 200 characters or fewer",
    )
    starts_on = _first_day()
    ends_on = _last_day()
    reason = _why_past()
    matches: list[School] = []
    trust_matches: list[Trust] = []
    found: School | None = None
    found_trust: Trust | None = None
    seats: Sequence[Seat] = ()  # those somebody could stand in for

    def prepare(self, funds: dict[int, str]) -> None:
        self.seats = seats_to_stand_in_for(self.today)
        names = [(str(number), name) for number, name in funds.items()]
        self.fund.choices = choices_of([("", "Select a fund"), *names])
        self.sector.choices = [*choices_of([("", "Select who they speak for")]), *self.sector.choices]
        seats = [(str(seat.id), seat_words(seat, funds)) for seat in self.seats]
        self.substitute.choices = choices_of([("", "Nobody: this is a seat of its own"), *seats])

    def validate_substitute(self, field: Select) -> None:
        seat = self.stands_in_for
        if not field.data or seat is None:
            return
        if str(seat.fund_id) != self.fund.data:
            raise ValidationError("That seat is on another fund’s panel. Select a seat of this fund’s")
        if self.position.data in (SeatPosition.CHAIR, SeatPosition.DEPUTY):
            raise ValidationError("A substitute sits as a panel member: select that position")

    @property
    def stands_in_for(self) -> Seat | None:
        return next((seat for seat in self.seats if str(seat.id) == self.substitute.data), None)

    def validate_school(self, field: Text) -> None:
        if field.data:
            self.found, self.matches, wrong = the_school(field.data)
            complain(wrong)

    def validate_trust(self, field: Text) -> None:
        if field.data:
            self.found_trust, self.trust_matches, wrong = the_trust(field.data)
            complain(wrong)

    def place(self) -> SeatPlace:
        return SeatPlace(
            int(self.fund.data),
            self.position.data,
            self.sector.data,
            self.starts_on.data,
            self.ends_on.data,
            self.found,
            self.found_trust,
            self.stands_in_for,
        )


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


def place_form(kind: str, funds: dict[int, str], today: date, *, new: bool) -> Any:
    """The form for one kind of thing to hold, from today unless said otherwise."""
    _, invite, add = KINDS[kind]
    form = (invite if new else add)(starts_on=today)
    form.today = today
    form.prepare(funds)
    return form
