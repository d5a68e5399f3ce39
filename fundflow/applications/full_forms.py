"""The full form's own sections (docs/rules.md, "The form"), and the questions of the round's own."""

from types import new_class
from typing import Any, Self, cast

from wtforms.fields.core import UnboundField

from fundflow.applications.section_forms import SectionForm
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import EvidenceStrength
from fundflow.models.school import PHASES
from fundflow.rules.bid_sections import round_questions_on
from fundflow.web.fields import Checkboxes, LongText, Radios, Text, choices_of

ASKED = "question_"
USUAL_PHASES = ("1", "2", "4", "6")  # the others are offered where a school of the bid is one


class ProviderForm(SectionForm):
    external_provider = Text(
        "Name of the provider",
        most=200,
        description="Leave this empty if schools alone give the support",
    )
    external_provider_reason = LongText(
        "Why not a school?", most=500, rows=4, description="Only if you named a provider"
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if not self.external_provider.data or self.external_provider_reason.data:
            return bool(valid)
        return self.lacks(self.external_provider_reason, "Say why a school can’t give this support")


class ApproachForm(SectionForm):
    phases = Checkboxes(
        "Which phases of education will it reach?",
        missing="Select the phases this will reach",
        choices=[(str(code), words) for code, words in PHASES.items() if code],
    )
    approach = LongText(
        "What will change in classrooms?",
        most=2000,
        rows=12,
        missing="Say what will change in classrooms",
        description="What will teachers and pupils do that they don’t do now?",
    )

    def prepare(self) -> None:
        ours = {str(school.phase_code) for school in self.bid.schools} | set(self.bid.phases)
        offered = [
            (str(code), words)
            for code, words in PHASES.items()
            if str(code) in USUAL_PHASES or (code and str(code) in ours)
        ]
        self.phases.choices = choices_of(offered)

    def answers(self) -> dict[str, Any]:
        return super().answers() | {"phases": list(self.phases.data or [])}


class StrengthForm(SectionForm):
    evidence_strength = Radios(
        "How strong is the evidence that it works?",
        choices=EvidenceStrength,
        missing="Select how strong the evidence is",
        description="The Education Endowment Foundation (EEF) rates approaches in its teaching and "
        "learning toolkit, with one to five padlocks",
    )
    evidence_strength_source = Text(
        "Where does that come from?",
        most=300,
        description="For example, the name of the EEF’s report. Not needed if there is no evidence yet",
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        strength = self.evidence_strength.data
        if self.evidence_strength_source.data or strength in (None, EvidenceStrength.NONE):
            return bool(valid)
        return self.lacks(self.evidence_strength_source, "Enter where the evidence comes from")


class ValueForm(SectionForm):
    value_for_money = LongText(
        "Why is this good value for money?",
        most=1000,
        rows=8,
        missing="Say why this is good value for money",
        description="Think of the cost for each pupil, and of what else you considered",
    )


class LastingForm(SectionForm):
    sustainability = LongText(
        "How will the change last when the money ends?",
        most=1000,
        rows=8,
        missing="Say how the change will last",
    )
    sharing = LongText(
        "How will you share what you learn with other schools?",
        most=1000,
        rows=8,
        missing="Say how you will share what you learn",
    )


class EqualityForm(SectionForm):
    equality = LongText(
        "What effect will this have on equality?",
        most=1000,
        rows=8,
        missing="Say how this affects equality",
        description="Who gains most, might anyone lose out, and what will you do about it? For example "
        "pupils with disabilities, of an ethnic group, or of one sex",
    )


class RoundQuestionsForm(SectionForm):
    """Built again for each bid: the questions that its round asks of it are the fields, five a page."""

    page = 0

    @classmethod
    def for_bid(cls, bid: Bid) -> type[Self]:
        boxes: dict[str, UnboundField] = {}
        for question in round_questions_on(bid, cls.page):
            missing = f"Answer “{question.text}”" if question.required else None
            boxes[f"{ASKED}{question.id}"] = LongText(
                question.text, most=question.most, missing=missing, description=question.hint
            )
        return cast(type[Self], new_class(cls.__name__, (cls,), exec_body=lambda to: to.update(boxes)))

    @classmethod
    def typed(cls, record: Any) -> dict[str, Any]:
        said = record.round_texts
        return {f"{ASKED}{one.id}": said[one.id] for one in round_questions_on(record, cls.page)}

    def answers(self) -> dict[str, Any]:
        return {
            "round_texts": {
                int(field.name.removeprefix(ASKED)): field.data or ""
                for field in self
                if field.name.startswith(ASKED)
            }
        }


class MoreQuestionsForm(RoundQuestionsForm):
    """The questions from the sixth on."""

    page = 1
