"""Which case studies wait for somebody: conditions on Bid, for the table of My work."""

from sqlalchemy import ColumnElement, and_, or_, select

from fundflow.desk.conditions import Condition, in_hand_or_nobodys
from fundflow.desk.some import has, some
from fundflow.models.case_study import CaseConsent, CaseStudy
from fundflow.models.school import School
from fundflow.rules.asker import Asker
from fundflow.rules.interests.bars import is_hidden
from fundflow.workflow.case_study import CaseState


def to_agree(who: Asker) -> ColumnElement[bool]:
    """Case studies to which a school must agree that this person leads."""
    mine = select(School.id).where(or_(School.id.in_(who.leading), School.succeeded_by_id.in_(who.leading)))
    asked = select(CaseConsent.study_id).where(
        CaseConsent.school_id.in_(mine), CaseConsent.agreed_at.is_(None)
    )
    return some(CaseStudy.bid_id, CaseStudy.state == CaseState.ASKED, CaseStudy.id.in_(asked))


def for_its_drafter(state: CaseState) -> Condition:
    """Case studies in this state that this person drafted, or of a bid that they have in hand."""

    def when(who: Asker) -> ColumnElement[bool]:
        its = CaseStudy.state == state
        mine = or_(has(CaseStudy.bid_id, its, CaseStudy.drafted_by_id == who.id), in_hand_or_nobodys(who))
        return and_(some(CaseStudy.bid_id, its), mine, ~is_hidden(who))

    return when
