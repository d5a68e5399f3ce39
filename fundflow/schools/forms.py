"""The forms of patches, clusters, tiers and organisations."""

import re
from collections.abc import Iterable
from datetime import date

from fundflow.models.area import Tier
from fundflow.models.person import User
from fundflow.schools.area_queries import Choosable, ids_by_urn
from fundflow.schools.operations.organisations import OrganisationType
from fundflow.web.fields import Checkboxes, Day, LongText, Radios, Select, Stamp, Text, Upload, choices_of
from fundflow.web.forms import Form
from fundflow.web.number_fields import WholeNumber

MOST_URNS = 1_000
SHOWN = 5  # URNs that are wrong


class ClusterForm(Form):
    name = Text("Name", most=80, missing="Enter a name")

    def offer(self, officers: Iterable[User], today: User | None = None) -> None:
        """Nothing to offer: a cluster has no link officer."""

    @property
    def officer_number(self) -> int | None:
        return None


class PatchForm(ClusterForm):
    officer = Select("Link officer", description="Who the schools of this patch ask first")

    def offer(self, officers: Iterable[User], today: User | None = None) -> None:
        """The officers to choose from; the present one stays, even if no longer an officer."""
        known = {str(user.id): user.name for user in [*officers, *([today] if today else [])]}
        self.officer.choices = choices_of([("", "Nobody yet"), *known.items()])

    @property
    def officer_number(self) -> int | None:
        return int(self.officer.data) if self.officer.data else None


class SchoolsForm(Form):
    """Which schools belong to a patch or cluster: ticked, or added by their URNs."""

    schools = Checkboxes("Schools")
    urns = LongText(
        "Add schools by URN", most=8_000, rows=3, description="One on each line, or with commas between them"
    )
    found: frozenset[int] = frozenset()

    def offer(self, known: Iterable[Choosable], held: set[int], of_patch: str | None) -> None:
        """of_patch  the patch’s name; other schools say which patch they would leave"""
        self.schools.choices = choices_of((str(school.id), _words(school, of_patch)) for school in known)
        if not self.is_submitted():
            self.schools.data = [str(number) for number in held]

    def validate(self, extra_validators: object = None) -> bool:
        valid = bool(super().validate(extra_validators))
        wanted = set(re.split(r"[\s,;]+", (self.urns.data or "").upper())) - {""}
        if len(wanted) > MOST_URNS:
            self.urns.errors = [f"Enter at most {MOST_URNS:,} URNs at once"]
            return False
        held = ids_by_urn(wanted)
        if unknown := sorted(wanted - set(held)):
            shown = ", ".join(urn[:12] for urn in unknown[:SHOWN])
            self.urns.errors = [f"We hold no school with the URN {shown}" + (" …" if unknown[SHOWN:] else "")]
            return False
        self.found = frozenset(held.values())
        return valid

    @property
    def chosen(self) -> set[int]:
        return {int(number) for number in self.schools.data or []} | self.found


def _words(school: Choosable, of_patch: str | None) -> str:
    elsewhere = of_patch is not None and school.patch not in (None, of_patch)
    return f"{school.name} ({school.urn})" + (f", now in {school.patch}" if elsewhere else "")


class TierForm(Form):
    seen = Stamp()  # the newest entry the page showed
    tier = Radios(
        "Which tier?", choices=[(str(int(tier)), tier.words) for tier in Tier], missing="Select a tier"
    )
    from_on = Day("From when?", what="The date", missing="Enter the date from which the tier counts")
    reason = LongText(
        "Why?",
        most=2_000,
        rows=5,
        missing="Enter the reason",
        description="Staff of the council read this. The school doesn’t see it",
    )

    def show(self, latest: int, today: date) -> None:
        """What a new page begins with."""
        if not self.is_submitted():
            self.seen.data, self.from_on.data = str(latest), today
            self.from_on.typed = {"day": str(today.day), "month": str(today.month), "year": str(today.year)}

    @property
    def latest(self) -> int:
        return int(self.seen.data) if re.fullmatch(r"[0-9]{1,9}", self.seen.data or "") else -1


class OrganisationForm(Form):
    seen = Stamp()
    name = Text("Name", most=200, missing="Enter the organisation’s name")
    kind = Radios("What is it?", choices=OrganisationType, missing="Select what it is")
    street = Text("Street", most=200)
    town = Text("Town", most=100)
    postcode = Text("Postcode", most=10)


class TrustForm(Form):
    seen = Stamp()
    name = Text("Name", most=200, missing="Enter the trust’s name")
    code = Text(
        "Its code in GIAS",
        most=20,
        description="If you know it. Without one it gets a code of ours, until GIAS’s file names the trust",
    )


class NewOrganisationForm(OrganisationForm):
    area = Select("Area", missing="Select an area")


class ChangeOrganisationForm(OrganisationForm):
    open_now = Radios(
        "Is it open?",
        choices=[("open", "Yes"), ("closed", "No, it has closed")],
        missing="Select whether it is open",
    )


class RegisterFileForm(Form):
    """One of the DfE’s files, to be looked at before it is imported."""

    file = Upload("File", accept=".csv,.zip,.txt,text/csv", missing="Choose a file")
    file_on = Day(
        "Date of the file",
        what="The date of the file",
        description="Only where its name doesn’t say it, as edubasealldata20261121.csv does",
    )
    year = WholeNumber(
        "Financial year of the pupil premium",
        what="The year",
        most=9_999,
        description="Only where the file doesn’t say it. For 2026–27 enter 2026",
    )


class SuccessionForm(Form):
    """Whom a school’s bids pass to."""

    seen = Stamp()  # which bids the page was about
    successor = Radios("Which school takes over the bids?", choices=[], missing="Select the successor")
    urn = Text(
        "URN of the other school",
        most=6,
        too_long="A URN is a number of 6 digits",
        description="6 digits, or our own code of an organisation",
    )
    reason = LongText(
        "Why?",
        most=1_000,
        rows=3,
        description="Needed for a school that GIAS doesn’t name. It stays in the history of "
        "each bid, where its schools read it",
    )

    def offer(self, known: Iterable[tuple[str, str]]) -> None:
        self.successor.choices = choices_of([*known, (OTHER, "Another school")])

    def validate(self, extra_validators: object = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if self.successor.data != OTHER:
            return valid
        if not self.urn.data:
            self.urn.errors = ["Enter the URN of the other school"]
        if not self.reason.data:
            self.reason.errors = ["Enter why this school takes over the bids"]
        return valid and bool(self.urn.data and self.reason.data)

    @property
    def wanted(self) -> str:
        return str(self.urn.data.upper() if self.successor.data == OTHER else self.successor.data)


OTHER = "other"
