"""One form a decision of the officer's."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Self

from fundflow.models.bid import Bid
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.money import pounds
from fundflow.models.panel import Meeting
from fundflow.models.person import User
from fundflow.models.review import CHECKLIST, Recommendation, Review, Verdict
from fundflow.rules.bid_sections import SECTIONS
from fundflow.web.fields import Checkboxes, Day, LongText, Radios, Select, choices_of
from fundflow.web.forms import Form, ReasonForm
from fundflow.web.meeting_form import ChooseMeetingForm
from fundflow.web.number_fields import Pounds
from fundflow.workflow.working_days import add_working_days


class ReviewForm(Form):
    """The whole review; every answer may still be missing. Verdicts and notes are added below."""

    need_notes = LongText("Your notes on need", most=2000, rows=4)
    value_notes = LongText("Your notes on value for money", most=2000, rows=4)
    recommendation = Radios("What do you recommend?", choices=Recommendation)
    recommended_pence = Pounds("Amount you recommend", what="The amount")
    conditions = LongText("Conditions", most=2000, rows=3, description="One a line: who does what, by when")

    @classmethod
    def of(cls, review: Review) -> Self:
        """The form as it was last saved."""
        given = {f"verdict_{check.item}": check.verdict for check in review.checks}
        notes = {f"note_{check.item}": check.note for check in review.checks}
        return cls.on(review, obj=review, data={**given, **notes})

    def checklist(self) -> list[tuple[str, Any, Any]]:
        """(slug, the verdict's field, the note's field) for every item."""
        return [(slug, self[f"verdict_{slug}"], self[f"note_{slug}"]) for slug in CHECKLIST]

    def changed(self, slug: str, review: Review) -> bool:
        """Whether an item's answer is wrong, or differs from what was saved last."""
        verdict, note, saved = self[f"verdict_{slug}"], self[f"note_{slug}"], review.check(slug)
        before = (saved.verdict, saved.note) if saved else (None, "")
        return bool(verdict.errors or note.errors) or (verdict.data, note.data or "") != before

    def answer(self, known: Mapping[str, Verdict], review: Review) -> None:
        """Answer what nobody has answered yet from the facts."""
        answered = {check.item for check in review.checks if check.verdict}
        for slug, verdict, note in self.checklist():
            if slug in known and slug not in answered and not (verdict.data or note.data):
                verdict.data = known[slug]

    def parted(
        self, items: Sequence[Any], review: Review, known: Mapping[str, Verdict]
    ) -> tuple[list[Any], list[Any], list[Any]]:
        """The items that still ask for something, those that are answered from the facts and not saved
        yet, and those that the officer answered."""
        asks = [item for item in items if self._asks(item, review)]
        ours = [item for item in asks if self._is_ours(item, review, known)]
        return [i for i in asks if i not in ours], ours, [i for i in items if i not in asks]

    def _is_ours(self, item: Any, review: Review, known: Mapping[str, Verdict]) -> bool:
        verdict, note, saved = (
            self[f"verdict_{item.slug}"],
            self[f"note_{item.slug}"],
            review.check(item.slug),
        )
        untouched = not (saved and saved.verdict) and not (note.data or verdict.errors or note.errors)
        return untouched and verdict.data is not None and verdict.data is known.get(item.slug)

    def _asks(self, item: Any, review: Review) -> bool:
        saved = review.check(item.slug)
        answered = saved and saved.verdict and not saved.wants_note
        return not answered or self.changed(item.slug, review)

    def verdicts(self) -> dict[str, tuple[Verdict | None, str]]:
        """Slug → (verdict, note), as typed."""
        return {slug: (verdict.data, note.data or "") for slug, verdict, note in self.checklist()}


for _item in CHECKLIST.values():
    setattr(ReviewForm, f"verdict_{_item.slug}", Radios(_item.words, choices=Verdict))
    setattr(ReviewForm, f"note_{_item.slug}", LongText("Note", most=1000, rows=2))


class AnswerByForm(Form):
    """Something with a date after today by which the school should answer."""

    answer_by: Any
    today: date

    @classmethod
    def about(cls, bid: Bid, today: date) -> Self:
        form = cls.on(bid)
        form.today = today
        if not form.is_submitted():
            form.answer_by.process(None, add_working_days(today, bid.fund.answer_days, bid.fund.schools_off))
        return form

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if fine and self.answer_by.data <= self.today:
            self.answer_by.errors = ["The date must be after today"]
            return False
        return fine


class ReturnForm(AnswerByForm):
    """A question for each section the school should look at again. Sections are added below."""

    answer_by = Day(
        "When should the school answer?",
        what="The date",
        missing="Enter the date by which the school should answer",
    )

    @classmethod
    def about(cls, bid: Bid, today: date) -> Self:
        form = super().about(bid, today)
        for section in SECTIONS:
            if not section.applies(bid):
                del form[f"ask_{section.slug}"]
        return form

    def sections(self) -> list[Any]:
        return [field for field in self if field.name.startswith("ask_")]

    def questions(self) -> dict[str, str]:
        """Section's slug → question, for the sections asked about."""
        return {field.name.removeprefix("ask_"): field.data for field in self.sections() if field.data}

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if fine and not self.questions():
            self.sections()[0].errors = ["Ask a question about at least one section"]
            return False
        return fine


for _section in SECTIONS:
    setattr(ReturnForm, f"ask_{_section.slug}", LongText(_section.title, most=1000, rows=3))


class IneligibleForm(Form):
    rule = Radios("Which rule does the bid not meet?", choices=(), missing="Select the rule")
    reason = LongText(
        "Why does it not meet the rule?",
        most=2000,
        rows=5,
        missing="Enter the reason",
        description="The school reads this",
    )

    @classmethod
    def under(cls, bid: Bid, rules: Iterable[str]) -> Self:
        form = cls.on(bid)
        form.rule.choices = choices_of((rule, rule) for rule in rules)
        return form


class RecommendForm(ChooseMeetingForm):
    recommendation = Radios(
        "What do you recommend?", choices=Recommendation, missing="Select what you recommend"
    )
    amount = Pounds(
        "Amount you recommend",
        what="The amount",
        description="Leave empty if you recommend not to fund the bid",
    )
    conditions = LongText("Conditions", most=2000, rows=3, description="One a line: who does what, by when")
    meeting = Select("Which meeting?", missing="Select a meeting")
    requested: int
    why_not_fundable: str | None

    @classmethod
    def for_bid(cls, bid: Bid, review: Review | None, meetings: Iterable[Meeting]) -> Self:
        """The form, filled from the review so far."""
        form = cls.on(
            bid,
            data={
                "recommendation": review.recommendation if review else None,
                "amount": (review.recommended_pence if review else None) or bid.requested_pence,
                "conditions": review.conditions if review else "",
            },
        )
        form.requested = bid.requested_pence
        form.why_not_fundable = review.why_not_fundable() if review else None
        return form.offer(meetings)

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        fine = bool(super().validate(extra_validators))
        funds = self.recommendation.data is not Recommendation.DO_NOT_FUND
        if fine and funds and self.why_not_fundable:
            self.recommendation.errors = [self.why_not_fundable]
            return False
        if fine and (why := self.why_amount_wrong()):
            self.amount.errors = [why]
            return False
        if fine and self.recommendation.data is Recommendation.WITH_CONDITIONS and not self.conditions.data:
            self.conditions.errors = ["Enter the conditions"]
            return False
        return fine

    def why_amount_wrong(self) -> str | None:
        """What is wrong between the recommendation and the amount, or None."""
        kind, amount = self.recommendation.data, self.amount.data
        if kind is Recommendation.DO_NOT_FUND:
            return None
        if amount is None:
            return "Enter the amount you recommend"
        if amount > self.requested:
            return f"The amount must be {pounds(self.requested)} or less, which the bid asks for"
        if kind is Recommendation.FUND_LESS and amount == self.requested:
            return f"Enter an amount below {pounds(self.requested)}, which the bid asks for"
        return None


class OfficerInterestForm(Form):
    """What an officer says about their own interest; `officer` takes the bid over from one who is
    barred. The list is empty where nobody needs to."""

    kind = Radios(
        "Do you have an interest in this bid?",
        choices=InterestKind,
        missing="Select whether you have an interest",
        hints={
            "disclosed": "For example, you brokered the bid or work with one of the "
            "schools. You go on, and the panel is told.",
            "barred": "For example, a close relative works there. You take no further "
            "part and can’t open the bid again.",
        },
    )
    text = LongText(
        "What is the interest?", most=1000, rows=3, description="The panel reads this. The school does not"
    )
    officer = Select("If the interest bars you, who takes the bid over?")
    hands_over: bool

    @classmethod
    def about(cls, bid: Bid, user: User, known: Declaration | None, officers: Iterable[User]) -> Self:
        form = cls.on(bid, data={"kind": known.kind, "text": known.text} if known else None)
        others = [(str(one.id), one.name) for one in officers if one.id != user.id]
        form.hands_over = bid.officer_id == user.id and bool(others)
        form.officer.choices = choices_of([("", "Select an officer"), *others])
        if not form.hands_over:
            del form.officer
        return form

    @property
    def officer_id(self) -> int | None:
        """Who takes over, where somebody must."""
        bars = self.kind.data is InterestKind.BARRED
        return int(self.officer.data) if bars and self.hands_over else None

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if fine and self.kind.data is not InterestKind.NONE and not self.text.data:
            self.text.errors = ["Say what the interest is"]
            return False
        bars = self.kind.data is InterestKind.BARRED
        if fine and bars and self.hands_over and not self.officer.data:
            self.officer.errors = ["Select who takes the bid over"]
            return False
        return fine


class NoteForm(Form):
    """A note for colleagues; nobody need be named."""

    text = LongText("Note", most=2000, rows=4, missing="Enter the note")
    mentioned = Checkboxes("Who should read it?", description="They are told, and find it in their work")

    @classmethod
    def among(cls, colleagues: Iterable[User]) -> Self:
        form = cls()
        form.mentioned.choices = choices_of((str(one.id), one.name) for one in colleagues)
        return form

    @property
    def mentioned_ids(self) -> list[int]:
        return [int(number) for number in self.mentioned.data or []]


class AskAgainForm(AnswerByForm):
    """A new date by which the school should answer."""

    reason = LongText(
        "What do you want to say to the school?",
        most=1000,
        rows=4,
        description="You can leave this empty. The questions stay the same",
    )
    answer_by = Day(
        "When should the school answer now?",
        what="The date",
        missing="Enter the date by which the school should answer",
    )


class StopForm(ReasonForm):
    reason = LongText(
        "Why should the funding stop?",
        most=2000,
        missing="Enter the reason",
        rows=5,
        description="The decision maker reads this. The school does not",
    )


class HandBidOverForm(Form):
    officer = Select("Who takes the bid over?", missing="Select an officer")

    @classmethod
    def among(cls, bid: Bid, officers: Iterable[User]) -> Self:
        form = cls.on(bid)
        others = [(str(user.id), user.name) for user in officers if user.id != bid.officer_id]
        form.officer.choices = choices_of([("", "Select an officer"), *others])
        return form

    @property
    def officer_id(self) -> int:
        return int(self.officer.data)
