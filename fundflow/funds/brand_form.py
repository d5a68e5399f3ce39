"""The council's colour and logo, as an administrator gives them."""

from typing import Any

from wtforms import ValidationError

from fundflow.files.kinds import PHOTOGRAPHS, endings
from fundflow.funds.operations.brand import LARGEST, MOST_KB, SMALLEST
from fundflow.models.installation import Brand
from fundflow.rules.bank_details import why_bank_details
from fundflow.rules.colours import NO_COLOUR, colour_of, why_not_readable
from fundflow.web.fields import Text, Tick, Upload
from fundflow.web.file_forms import FilesForm


def _can_be_read_on(_form: Any, field: Any) -> None:
    """Keeps what was typed as a colour is kept."""
    if not field.data:
        return
    colour = colour_of(field.data)
    if why := why_not_readable(colour) if colour else NO_COLOUR:
        raise ValidationError(why)
    field.data = colour


def _no_bank_details(_form: Any, field: Any) -> None:
    if why := why_bank_details(field.data or ""):
        raise ValidationError(why)


class BrandForm(FilesForm):
    colour = Text(
        "Colour of the header",
        most=20,
        validators=[_can_be_read_on],
        description="As # and six digits or letters, like #0b4f4a. Leave it empty for the service’s own.",
    )
    logo = Upload(
        "Logo",
        accept=",".join(endings(PHOTOGRAPHS)),
        description=f"JPEG or PNG, up to {MOST_KB} KB. Each side must be {SMALLEST} to {LARGEST:,} pixels.",
    )
    without_logo = Tick("Take the logo away")
    alt_text = Text(
        "What does the logo show?",
        most=120,
        validators=[_no_bank_details],
        description="For people who can’t see it, like “Oak tree of Brackenford”.",
    )

    @classmethod
    def of(cls, latest: Brand | None) -> "BrandForm":
        """On the draft, else on the version in force; without one, no logo can be taken away."""
        form = cls(obj=latest)
        form.keeps_logo = latest is not None and latest.store_key is not None
        if form.keeps_logo:
            form.logo.description += " Choose none to keep the logo as it is."
        else:
            del form.without_logo
        return form

    keeps_logo = False

    @property
    def drops_logo(self) -> bool:
        return "without_logo" in self and bool(self.without_logo.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """A logo needs its words; one that is chosen can't be taken away as well."""
        valid = super().validate(extra_validators)
        if self.logo.data and self.drops_logo:
            self.logo.errors = ["Choose a new logo, or take the logo away, not both"]
            return False
        has_logo = self.logo.data or (self.keeps_logo and not self.drops_logo)
        if has_logo and not self.alt_text.data:
            self.alt_text.errors = ["Enter what the logo shows"]
            return False
        return bool(valid)
