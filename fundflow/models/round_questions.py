"""A bid's answers to the questions of its round's own."""

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
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
