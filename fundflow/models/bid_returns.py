"""What a bid's reports on its impact answer about it."""

from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped, declared_attr, relationship

from fundflow.workflow.impact_return import ReturnKind

if TYPE_CHECKING:
    from fundflow.models.impact import ImpactReturn


class HasReturns:
    """The part of a bid that is its reports: interim, final and follow-up, in versions."""

    @declared_attr
    def returns(self) -> Mapped[list["ImpactReturn"]]:
        return relationship(back_populates="bid", order_by="ImpactReturn.id")

    def versions_of(self, kind: ReturnKind) -> list["ImpactReturn"]:
        """Every version of its report of a kind that counts or is asked for, the latest last."""
        return [one for one in self.returns if one.kind is kind and not one.is_withdrawn]

    def is_correction_withdrawn(self, kind: ReturnKind) -> bool:
        """Whether the newest version of its report of a kind was asked for, and is not any more."""
        versions = [one for one in self.returns if one.kind is kind]
        return bool(versions) and max(versions, key=lambda one: one.number).is_withdrawn

    def return_of(self, kind: ReturnKind) -> "ImpactReturn | None":
        """Its report of a kind, in the latest version; None where the bid is asked for none."""
        return next(reversed(self.versions_of(kind)), None)

    def standing_return(self, kind: ReturnKind) -> "ImpactReturn | None":
        """The version of its report of a kind that counts: the latest that is accepted."""
        return next((one for one in reversed(self.versions_of(kind)) if one.is_accepted), None)

    @property
    def report(self) -> "ImpactReturn | None":
        """The final report, in the latest version."""
        return self.return_of(ReturnKind.FINAL)

    @property
    def accepted_report(self) -> "ImpactReturn | None":
        """The final report that counts. It stays so while a later version is written."""
        return self.standing_return(ReturnKind.FINAL)

    def has_accepted_report(self) -> bool:
        return self.accepted_report is not None

    @property
    def report_to_check(self) -> "ImpactReturn | None":
        """A report that was sent and waits to be checked, save a follow-up, for which nothing waits."""
        return next((one for one in self.returns if one.is_to_check and one.holds_things_up), None)

    def has_sent_report(self) -> bool:
        return self.has_accepted_report() or (self.report is not None and not self.report.is_editable)

    @property
    def is_reported(self) -> bool:
        """Whether its final report is accepted and none waits to be checked."""
        return self.has_accepted_report() and self.report_to_check is None

    @property
    def returns_without_follow_up(self) -> list["ImpactReturn"]:
        """Its reports that were rated red or amber and still lack a follow-up action, the latest last."""
        return [one for one in self.returns if one.wants_follow_up]
