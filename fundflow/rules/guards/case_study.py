"""What a case study waits for."""

from fundflow.models.case_study import CaseStudy
from fundflow.rules.case_studies import why_head_missing, why_nothing_to_tell, why_study_there
from fundflow.rules.interests.bars import bar_of
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.phrases import joined
from fundflow.workflow.working_days import london_date


@guard
def nothing_to_tell(study: CaseStudy, _ask: Ask) -> str | None:
    return why_nothing_to_tell(study.bid)


@guard
def case_study_there(study: CaseStudy, _ask: Ask) -> str | None:
    return why_study_there(study.bid)


@guard
def barred_from_case_study(study: CaseStudy, ask: Ask) -> str | None:
    bar = bar_of(study.bid, ask.user, ask.now) if ask.user else None
    return f"You can’t handle this case study: {bar_to_you(bar)}. Ask a colleague." if bar else None


@guard
def case_head_missing(study: CaseStudy, ask: Ask) -> str | None:
    return why_head_missing(study, london_date(ask.now))


@guard
def case_answered(study: CaseStudy, ask: Ask) -> str | None:
    """There is a button for the heads of schools that have not agreed."""
    mine = ask.user.school_ids(london_date(ask.now), leading=True) if ask.user else set()
    waiting = {consent.school.today_id for consent in study.unanswered}
    return None if mine & waiting else "Your school has agreed already."


@guard
def case_unanswered(study: CaseStudy, _ask: Ask) -> str | None:
    names = [consent.school.name for consent in study.unanswered]
    return f"{joined(names)} must agree first." if names else None
