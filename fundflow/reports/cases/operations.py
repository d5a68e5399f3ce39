"""Drafting, asking, answering and publishing case studies. What a head agreed to stays as it is: it can be
changed only once it is taken back, and is then asked about again."""

from collections.abc import Collection
from datetime import datetime
from functools import partial

from fundflow.actors import actors_for
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.brokering import Expertise
from fundflow.models.case_study import CaseConsent, CaseStudy
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.reports.cases.words import Words, always_named, may_be_named, why_not_told
from fundflow.rules.bank_details import why_not_kept
from fundflow.rules.interests.bars import bar_of
from fundflow.steps import lock, lock_to_make, require_step, take_step, why_no_step
from fundflow.workflow.case_study import CASE_STUDY, WRITERS
from fundflow.workflow.engine import only, refuse_if
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date

NOT_WRITTEN = "This case study can’t be changed now. Take it back first."


def why_not_draft(bid: Bid, user: User, now: datetime) -> str | None:
    """None where this person may draft a case study of the bid now, else the sentence."""
    return why_no_step(CaseStudy(bid=bid), "draft", user, now)


def draft(
    bid: Bid,
    words: Words,
    expertise: Expertise,
    others: Collection[int] = (),
    *,
    user: User,
    now: datetime,
    version: int | None,
) -> CaseStudy:
    """Keep a draft that names the schools it is about, and of the `others` those with these ids.

    Raises AlreadyTaken at the second click, Refused where its words name somebody.
    """
    lock_to_make(bid, CASE_STUDY.name, user, version)
    refuse_if(why_not_draft(bid, user, now))
    named = _named(bid, others)
    refuse_if(why_not_told(bid, words, named))
    study = CaseStudy(bid=bid, expertise=expertise, drafted_at=now, drafted_by=user, **words._asdict())
    study.consents = [CaseConsent(school=school) for school in named]
    db.session.add(study)
    db.session.flush()  # the step locks its row
    given = {"expertise": expertise.value, "made_from": version}
    take_step(study, "draft", user=user, now=now, given=given, internal=True)
    db.session.commit()
    return study


def why_not_write(study: CaseStudy, user: User, now: datetime) -> str | None:
    """None where this person may change its words now, else the sentence."""
    if not set(WRITERS) & actors_for(user, study, now):
        return only(WRITERS)
    if bar := bar_of(study.bid, user, now):
        return f"You can’t do this: {bar_to_you(bar)}. Ask a colleague."
    return None if study.is_written else NOT_WRITTEN


def write(
    study: CaseStudy,
    words: Words,
    expertise: Expertise,
    others: Collection[int] = (),
    *,
    user: User,
    now: datetime,
    version: int | None = None,
) -> None:
    """Change a draft, or what a school suggests; nothing that waits for schools, or that they agreed to."""
    lock(study, version)
    refuse_if(why_not_write(study, user, now))
    named = _named(study.bid, others)
    refuse_if(why_not_told(study.bid, words, named))
    for name, text in words._asdict().items():
        setattr(study, name, text)
    study.expertise = expertise
    kept = {consent.school_id: consent for consent in study.consents}
    study.consents = [kept.get(school.id) or CaseConsent(school=school) for school in named]
    study.touch()
    db.session.commit()


def _named(bid: Bid, others: Collection[int]) -> list[School]:
    return [*always_named(bid), *(school for school in may_be_named(bid) if school.id in others)]


def why_not_said(study: CaseStudy) -> str | None:
    """`why_not_told` of a case study as it stands: who takes part may have changed since it was written."""
    words = Words(*(getattr(study, name) for name in Words._fields))
    return why_not_told(study.bid, words, study.schools)


def ask(study: CaseStudy, *, user: User, now: datetime, version: int | None = None) -> None:
    """Ask the head of every school that it names; answers that were given before count no more."""
    lock(study, version, step="ask", user=user)
    refuse_if(why_not_said(study))
    _forget(study)
    take_step(study, "ask", user=user, now=now, version=version, also={"suggestion": ""}, locked=True)
    db.session.commit()


def agree(
    study: CaseStudy, consent: bool = True, *, user: User, now: datetime, version: int | None = None
) -> None:
    """A head agrees for their school. With the last one's word it is agreed, and one letter says both."""
    lock(study, version, step="agree", user=user)
    require_step(study, "agree", user, now)
    mine = user.school_ids(london_date(now), leading=True)
    ours = [one for one in study.unanswered if one.school.today_id in mine]
    last = len(ours) == len(study.unanswered)
    take_step(
        study,
        "agree",
        user=user,
        now=now,
        version=version,
        given={"consent": consent},
        unwritten=("drafter",) if last else (),
        locked=True,
    )
    for one in ours:
        one.agreed_at, one.agreed_by_id = now, user.id
    if last:
        take_step(study, "conclude", user=None, now=now, locked=True, caused_by=user)
    db.session.commit()


def suggest(
    study: CaseStudy, suggestion: str, *, user: User, now: datetime, version: int | None = None
) -> None:
    """A head says what should read differently; every school is asked again afterwards."""
    refuse_if(why_not_kept(suggestion))
    given = {"suggestion": suggestion}
    take_step(study, "suggest", user=user, now=now, version=version, given=given, also=given)
    _forget(study)
    db.session.commit()


def take_back(
    study: CaseStudy, reason: str = "", *, step: str, user: User, now: datetime, version: int | None = None
) -> None:
    """Take a step after which nobody outside reads it, and no school's earlier word counts. Why a head does
    so is for the council alone."""
    take_step(
        study,
        step,
        user=user,
        now=now,
        version=version,
        given={"reason": reason},
        also={"published_at": None},
        internal=step in PRIVATE,
    )
    _forget(study)
    db.session.commit()


PRIVATE = ("say_no", "withdraw_consent", "discard")
say_no, withdraw_consent, correct, take_down, discard = (
    partial(take_back, step=name)
    for name in ("say_no", "withdraw_consent", "correct", "take_down", "discard")
)


def publish(
    study: CaseStudy, read: bool = True, *, user: User, now: datetime, version: int | None = None
) -> None:
    """Let everybody read it; raises Refused where it names somebody, or a school has not agreed."""
    lock(study, version, step="publish", user=user)
    refuse_if(why_not_said(study))
    given, also = {"read": read}, {"published_at": now}
    take_step(study, "publish", user=user, now=now, version=version, given=given, also=also, locked=True)
    db.session.commit()


def _forget(study: CaseStudy) -> None:
    for consent in study.consents:
        consent.agreed_at = consent.agreed_by_id = None
