"""A bid's answers to the questions of its round's own."""

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, key_to
from fundflow.models.fund import RoundQuestion


class RoundAnswer(Base):
    __tablename__ = "round_answer"
    __table_args__ = (UniqueConstraint("bid_id", "question_id"),)

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    question_id: Mapped[int] = key_to("round_question.id")
    text: Mapped[str] = mapped_column(Text, default="")

    question: Mapped[RoundQuestion] = relationship(lazy="joined")


def questions_for(bid: Bid) -> list[RoundQuestion]:
    """The questions of its round's own that this bid is asked now."""
    return [q for q in bid.round.questions if not q.retired and (bid.is_large or not q.full_only)]


def texts_of(bid: Bid) -> dict[int, str]:
    """The answers to those questions, by their ids; empty where there is none yet."""
    said = {answer.question_id: answer.text for answer in bid.round_answers}
    return {question.id: said.get(question.id, "") for question in questions_for(bid)}


def write_texts(bid: Bid, texts: dict[int, str]) -> None:
    """Keep these answers, by their questions' ids; the others stay as they are."""
    kept = {answer.question_id: answer for answer in bid.round_answers}
    for number, text in texts.items():
        if number in kept:
            kept[number].text = text
        elif text:
            bid.round_answers.append(RoundAnswer(question_id=number, text=text))
