"""Publishing the reasons of an award and the summary of its report, once a person has read them."""

from datetime import datetime
from typing import Any

from fundflow.actors import actors_for
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.impact import ImpactReturn
from fundflow.models.person import User
from fundflow.reports.queries import award_decision
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.public_text import why_not_public
from fundflow.steps import lock, note
from fundflow.workflow.actors import Actor
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.impact_return import ReturnKind
from fundflow.workflow.interests import bar_to_you

IN_TITLE = "This is in the title. Give another one, or tick that it is not the name of a person."


def why_not_publish(bid: Bid, user: User, now: datetime) -> str | None:
    """None when this person may publish the award's reasons, else the sentence."""
    if Actor.OFFICER not in actors_for(user, bid, now):
        return f"Only {Actor.OFFICER.words} can do this."
    if bar := bar_of(bid, user, now):
        return f"You can’t do this: {bar_to_you(bar)}. Hand the bid to a deputy."
    if bid.awarded_pence is None:
        return "Reasons are published once the school has accepted the offer."
    return None


def why_not_publish_summary(bid: Bid, user: User, now: datetime) -> str | None:
    """None when this person may publish the summary of the bid's final report, else the sentence."""
    if why := why_not_publish(bid, user, now):
        return why
    report = summarised(bid)
    return None if report and report.summary else "A summary is published once the final report is accepted."


def summarised(bid: Bid) -> ImpactReturn | None:
    """The report whose summary may be published: the final one, in the latest version that is accepted."""
    return bid.standing_return(ReturnKind.FINAL)


def publish_reasons(
    bid: Bid,
    reasons: str,
    *,
    title: str = "",
    no_names: bool = False,
    user: User,
    now: datetime,
    version: int | None,
    why: str = "",
) -> None:
    """Put an award's reasons and title into the register, or correct what stands there.

    title     empty for the bid's own
    no_names  whether the officer confirms that what looks like a name in the title is none
    why       the reason for the correction; what stood there before is kept in the history
    Raises Refused where a text names somebody, and where a correction gives no reason.
    """
    lock(bid, version, step="publish_reasons", user=user)
    refuse_if(why_not_publish(bid, user, now))
    decision = award_decision(bid)
    if decision is None:
        raise Refused("There is no decision whose reasons could be published.")
    before = decision.published_reasons if decision.published_at else None
    title = title or bid.title
    if named := why_not_public(title, bid, no_names=no_names):
        raise Refused(f"{named} {IN_TITLE}")
    _check(bid, "reasons", reasons, before, why)
    decision.published_reasons, decision.published_title, decision.published_at = reasons, title, now
    decision.published_by_id = user.id
    also = {"title": title, "no_names": no_names} if no_names or title != bid.title else {}
    _record(bid, "reasons", reasons, before, user=user, now=now, why=why, version=version, also=also)


def publish_summary(
    bid: Bid, summary: str, *, user: User, now: datetime, version: int | None, why: str = ""
) -> None:
    """Put the summary of the final report into the register, or correct what stands there.

    why  as for `publish_reasons`
    Raises Refused where the text names somebody, and where a correction gives no reason.
    """
    lock(bid, version, step="publish_summary", user=user)
    refuse_if(why_not_publish_summary(bid, user, now))
    report = summarised(bid)
    assert report is not None  # noqa: S101 (asked just before)
    before = report.published_summary if report.summary_published_at else None
    _check(bid, "summary", summary, before, why)
    report.published_summary, report.summary_published_at = summary, now
    report.summary_published_by_id = user.id
    _record(bid, "summary", summary, before, user=user, now=now, why=why, version=version)


def _check(bid: Bid, what: str, text: str, before: str | None, why: str) -> None:
    """Raise Refused for a text that names somebody, and for a correction without its reason."""
    refuse_if(why_not_public(text, bid))
    if before is not None and not why:
        said = "These reasons are published. Say why you correct them."
        raise Refused(said if what == "reasons" else "This summary is published. Say why you correct it.")


def _record(
    bid: Bid,
    what: str,
    text: str,
    before: str | None,
    *,
    user: User,
    now: datetime,
    why: str,
    version: int | None,
    also: dict[str, Any] | None = None,
) -> None:
    verb = "Published" if before is None else "Corrected"
    note(
        bid,
        f"publish_{what}",
        f"{verb} the {what} in the register of awards",
        user=user,
        now=now,
        reason=why,
        version=version,
        given={what: text, "before": before or "", **(also or {})},
    )
    db.session.commit()
