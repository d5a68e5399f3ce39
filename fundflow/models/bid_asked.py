"""How much of its form a bid is asked, and what of that is still missing."""

from typing import TYPE_CHECKING

from fundflow.models.school import SchoolKind

if TYPE_CHECKING:
    from fundflow.models.bid import Bid


class FormAsked:
    """Part of `Bid`."""

    @property
    def is_large(self: "Bid") -> bool:  # type: ignore[misc]
        """Whether the amount is one from which the fund asks for the full form."""
        return self.requested_pence >= self.fund.full_from_pence

    @property
    def approver_wanted(self: "Bid") -> str | None:  # type: ignore[misc]
        """Who has to sign, by the lead school's type and the amount; None where nobody has to."""
        school, fund = self.lead_school, self.fund
        academy = school.kind is SchoolKind.ACADEMY and not school.is_organisation
        if self.requested_pence < (fund.trust_signs_from_pence if academy else fund.full_from_pence):
            return None
        if school.is_organisation:
            return "For the organisation"
        return "For the trust" if academy else "Chair of governors"

    @property
    def round_texts(self: "Bid") -> dict[int, str]:  # type: ignore[misc]
        """What is answered to the questions of the round's own that this bid is asked, by their ids."""
        from fundflow.models.round_questions import texts_of

        return texts_of(self)

    @round_texts.setter
    def round_texts(self: "Bid", texts: dict[int, str]) -> None:  # type: ignore[misc]
        from fundflow.models.round_questions import write_texts

        write_texts(self, texts)

    def missing_sections(self: "Bid") -> list[str]:  # type: ignore[misc]
        """Titles of the sections that are not complete, in the form's order."""
        from fundflow.models.bid_sections import SECTIONS

        return [
            section.title for section in SECTIONS if section.applies(self) and section.what_is_missing(self)
        ]
