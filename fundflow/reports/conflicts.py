"""Interests: how many were declared or shown by the records, and how they were handled
(docs/rules.md, "Figures of reports"). Counts alone: nobody is named."""

from datetime import datetime

from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.decision import Decision, LateInterest
from fundflow.models.interest import Declaration, InterestKind
from fundflow.reports.cut import Cut
from fundflow.reports.states import is_told, stands, was_first_decided
from fundflow.reports.tables import Column, Kind, Part, Table, were, with_notes

COUNT = Kind.COUNT


def conflicts(cut: Cut, at: datetime) -> Part:
    """Interests declared in the period and what became of them at its decisions; three queries."""
    asked, cut = cut, cut.told
    declared = dict(
        db.session.execute(
            select(Declaration.kind, func.count())
            .join(Bid, Bid.id == Declaration.bid_id)
            .where(cut.of_bid(at), cut.during(Declaration.declared_at, at))
            .group_by(Declaration.kind)
        ).all()
    )
    sat = _at_decisions(cut, at)
    late = dict(
        db.session.execute(
            select(LateInterest.settled_at.is_not(None), func.count())
            .join(Decision, Decision.id == LateInterest.decision_id)
            .join(Bid, Bid.id == Decision.bid_id)
            .where(cut.of_bid(at), cut.during(LateInterest.found_at, at))
            .group_by(LateInterest.settled_at.is_not(None))
        ).all()
    )
    said = declared.get(InterestKind.BARRED, 0) + declared.get(InterestKind.DISCLOSED, 0)
    return Part(
        "Conflicts of interest",
        with_notes(
            (
                Table(
                    code="interests",
                    title="Declarations of interest",
                    says=f"In this time {were(said, 'interest')} declared on bids.",
                    columns=(Column("Declaration"), Column("Number", COUNT), Column("How it is handled")),
                    rows=(
                        (
                            "An interest that bars",
                            declared.get(InterestKind.BARRED, 0),
                            "No papers, no score, no vote, not counted for the quorum",
                        ),
                        (
                            "An interest, disclosed",
                            declared.get(InterestKind.DISCLOSED, 0),
                            "Said openly and minuted",
                        ),
                        ("No interest", declared.get(InterestKind.NONE, 0), "Takes part"),
                        (
                            "Found after a decision, settled",
                            late.get(True, 0),
                            "Their vote and score no longer count; it was said whether the decision stands",
                        ),
                        ("Found after a decision, open", late.get(False, 0), "The offer waits"),
                    ),
                ),
                Table(
                    code="interests-at-decisions",
                    title="Members at the decisions of this time",
                    says=(
                        f"In this time {were(sat['decisions'], 'decision')} made. Members who were barred: "
                        f"{sat['barred']}. Members who disclosed an interest: {sat['disclosed']}."
                    ),
                    columns=(Column("Member"), Column("Times", COUNT)),
                    rows=(
                        ("Barred: took no part", sat["barred"]),
                        ("Disclosed, did not vote", sat["disclosed"] - sat["disclosed_voted"]),
                        ("Disclosed, voted as the panel’s rules allow", sat["disclosed_voted"]),
                        ("Vote no longer counted", sat["voided"]),
                    ),
                    notes=("By the record of who sat, frozen with each decision.",),
                ),
            ),
            asked.told_words,
        ),
    )


def _at_decisions(cut: Cut, at: datetime) -> dict[str, int]:
    """How often members were barred, disclosed, voted with that, and lost their vote."""
    counts = (Decision.barred, Decision.disclosed, Decision.disclosed_voted, Decision.voided)
    found = db.session.execute(
        select(func.count().label("decisions"), *(func.sum(one).label(one.key) for one in counts))
        .select_from(Decision)
        .join(Bid, Bid.id == Decision.bid_id)
        .where(cut.of_bid(at), stands(cut, at), is_told(cut, at))
        .where(was_first_decided(cut))
    ).one()
    return {name: int(number or 0) for name, number in found._mapping.items()}
