"""What somebody can do now on a bid: first what My work lists of it, then its steps and other tasks."""

from collections.abc import Set
from datetime import datetime
from typing import Any, NamedTuple

from flask import url_for

from fundflow.accounts.of_schools import people_of_schools
from fundflow.actors import actors_for
from fundflow.applications.correcting import why_no_correction, why_no_put_back
from fundflow.applications.queries import review_until, why_no_review
from fundflow.applications.resubmitting import why_not_again
from fundflow.desk.sources import Source
from fundflow.desk.work import lines_about, waiting_on
from fundflow.models.attempts import TRIED
from fundflow.models.bid import Bid
from fundflow.models.impact import ImpactReturn
from fundflow.models.person import User
from fundflow.panel.operations.letters_over import why_not_read_over
from fundflow.permissions import EDITABLE, may_edit
from fundflow.review.rules import OVER
from fundflow.rules.claims import SETTLED_IN
from fundflow.rules.plans import needs_plan, plan_of
from fundflow.web.bid_steps import BID_STEPS
from fundflow.workflow.actors import Actor
from fundflow.workflow.application import UNDER_WAY, BidState
from fundflow.workflow.confirmation import ConfirmationState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.phrases import joined
from fundflow.workflow.plan import PlanState
from fundflow.workflow.working_days import london_date


class Action(NamedTuple):
    """One line of “What you can do now”.

    name      of the step, or the endpoint of the page
    waits     why it must wait, as a sentence; None while it is open
    sidestep  whether it leads out or aside, or nobody waits for it: it stands last, and is never green
    primary   whether it is the green button
    """

    name: str
    text: str
    hint: str
    url: str
    waits: str | None = None
    sidestep: bool = False
    primary: bool = False

    @property
    def is_expected(self) -> bool:
        """Whether it may be the green button, as `OpenStep.is_expected` says of a step."""
        return self.waits is None and not self.sidestep


def actions(bid: Bid, user: User, now: datetime) -> list[Action]:
    """What waits for this person first, then what is expected next, then the sidesteps."""
    possible = [*_other_tasks(bid, user, now), *_steps(bid)]
    first = [action for source in waiting_on(bid, user, now) for action in _awaited(source, bid, possible)]
    first += [
        Action("", line.what, line.detail, line.path)
        for line in lines_about(bid, user, now)
        if line.path not in {action.url for action in first}
    ]
    first.sort(key=lambda action: action.waits is not None)
    awaited = {action.url for action in first}
    found = first + sorted(
        (action for action in possible if action.url not in awaited),
        key=lambda action: (not action.is_expected, action.sidestep),
    )
    green = next((action for action in found if action.is_expected), None)
    return [action._replace(primary=action is green) for action in found]


def _awaited(source: Source, bid: Bid, possible: list[Action]) -> list[Action]:
    """A line of My work about the bid, as the actions that do it; else as a link to the page it names."""
    for name in source.does:
        found = [action for action in possible if action.name == name and action.waits is None]
        if found and name in BID_STEPS.endpoints:
            return found
        if len(found) == 1:
            return [found[0]._replace(text=source.what, sidestep=False)]
        if found:  # one for each school that is asked
            return [action._replace(sidestep=False) for action in found]
    if not source.path:  # this page itself: its steps, with what they wait for
        return [action for action in possible if action.name in source.does]
    url = f"/bids/{bid.reference}{source.path}"
    step = next((action for action in possible if action.url == url), None)  # which may have to wait
    return [step._replace(text=source.what, sidestep=False) if step else Action("", source.what, "", url)]


def _steps(bid: Bid) -> list[Action]:
    return [
        Action(
            open_.step.name,
            open_.step.button,
            open_.step.hint,
            url,
            open_.reason,
            sidestep=open_.is_sidestep,
        )
        for open_, url, _primary in BID_STEPS.links(bid)
        if open_.step.name != "correct" or bid.correcting_since  # else `_corrections` offers a start
    ]


def _other_tasks(bid: Bid, user: User, now: datetime) -> list[Action]:
    return [
        Action(
            task.name or task.endpoint,
            task.text,
            task.why,
            url_for(task.endpoint, **task.values),
            sidestep=task.sidestep,
        )
        for task in other_tasks(bid, user, now)
    ]


class OtherTask(NamedTuple):
    """Something to do on a bid that is no step of the bid itself: `endpoint` and its values.

    sidestep  something one may do, but nobody waits for
    name      where a bid may have several with one endpoint
    """

    text: str
    why: str
    endpoint: str
    values: dict[str, Any]
    sidestep: bool = False
    name: str = ""


def other_tasks(bid: Bid, user: User, now: datetime) -> list[OtherTask]:
    """What this person may do on the bid now that is no step of it."""
    ref = {"reference": bid.reference}
    actors = actors_for(user, bid, now)
    tasks = []
    if may_edit(user, bid, now):
        what = "form" if bid.state in EDITABLE else "correction"
        tasks.append(
            OtherTask(
                f"Go on with the {what}",
                "Save each section; you can stop and come back.",
                "applications.task_list",
                ref,
            )
        )
    tasks += _answers_asked_of(bid, user, now) + _corrections(bid, user, now)
    tasks += _letter_to_read_over(bid, user, now)
    tasks += _plan_to_see(bid, actors, ref)
    if Actor.OFFICER in actors and bid.state is BidState.IN_REVIEW:
        tasks.append(OtherTask("Fill in the checklist", "It saves as you go.", "review.review", ref))
    if Actor.OFFICER in actors and bid.state is BidState.RETURNED:
        tasks.append(
            OtherTask(
                "Ask the school again",
                "It gets a new date for the same questions.",
                "review.ask_again",
                ref,
                sidestep=True,
            )
        )
    tasks += _inviting(bid, actors, now)
    if bid.state in TRIED:
        tasks += _after_a_refusal(bid, user, now)
    if bid.state in (BidState.IN_DELIVERY, BidState.IN_MONITORING) and Actor.SCHOOL_TEAM in actors:
        tasks.append(
            OtherTask("Claims and payments", "What is due, asked for and paid.", "payments.bid_money", ref)
        )
    tasks += _days(bid, user, now)
    if bid.state in UNDER_WAY:
        tasks += _changing(bid, actors)
    if Actor.SCHOOL_TEAM in actors:
        tasks += [_writing(report) for report in bid.returns if report.is_asked_for]
    return tasks


def _writing(report: ImpactReturn) -> OtherTask:
    where = {"reference": report.bid.reference, "place": report.kind.place}
    hint = "The report is one page." if report.is_one_page else f"The {report.kind.in_words}."
    return OtherTask(
        report.kind.asked, hint, "impact.report", where, name=f"impact.report:{report.kind.place}"
    )


def _changing(bid: Bid, actors: set[Actor]) -> list[OtherTask]:
    """To change the award or to end it, for its head and for officers."""
    ref, head = {"reference": bid.reference}, Actor.SCHOOL_LEADER in actors
    if not (head or Actor.OFFICER in actors):
        return []
    what = "Other dates, days, staff, outcomes, or less money."
    tasks = [OtherTask("Change the award", what, "payments.bid_changes", ref, sidestep=True)]
    if not bid.termination_asked_at:
        text = "We can’t go on" if head else "Ask to stop the funding"
        who = f"{bid.fund.decider.person} must agree."
        tasks.append(OtherTask(text, who, "review.ask_termination", ref, sidestep=True))
    return tasks


def _days(bid: Bid, user: User, now: datetime) -> list[OtherTask]:
    """The log of days and costs, for people of the schools that keep it."""
    ours = {school.id for school in bid.schools} & user.school_ids(london_date(now))
    if not ours or bid.state not in SETTLED_IN:
        return []
    why = "Log days of released staff, confirm them, and add other costs."
    return [OtherTask("Days and costs", why, "payments.bid_days", {"reference": bid.reference})]


def _inviting(bid: Bid, actors: set[Actor], now: datetime) -> list[OtherTask]:
    """To invite people of the bid's schools; names the schools of which nobody has an account."""
    if Actor.OFFICER not in actors or bid.state in OVER:
        return []
    schools = people_of_schools(bid, london_date(now))
    missing = [each.school.name for each in schools if not each.people]
    why = f"Nobody of {joined(missing)} has an account." if missing else "See who has an account."
    for each in schools:
        if each.asking:
            why += f" {each.asking.signed_name} of {each.school.name} would like one."
    text = "Invite people of the schools"
    return [OtherTask(text, why, "desk.bid_people", {"reference": bid.reference}, sidestep=True)]


def _letter_to_read_over(bid: Bid, user: User, now: datetime) -> list[OtherTask]:
    if not bid.decision_held_until or why_not_read_over(bid, user, now):
        return []
    return [
        OtherTask(
            "Check the decision letter",
            f"It goes by {day_words(bid.decision_held_until)}; the school knows nothing yet.",
            "panel.read_over",
            {"reference": bid.reference},
        )
    ]


def _corrections(bid: Bid, user: User, now: datetime) -> list[OtherTask]:
    """Starting or dropping a correction of submitted answers."""
    ref = {"reference": bid.reference}
    if why_no_correction(user, bid, now) is None:
        if bid.correcting_since:
            return [
                OtherTask(
                    "Drop the correction",
                    "Your answers go back to what you sent.",
                    "applications.drop_correction",
                    ref,
                    sidestep=True,
                )
            ]
        return [
            OtherTask(
                "Correct an answer",
                "Nobody signs again for a typo.",
                "applications.start_correction",
                ref,
                sidestep=True,
            )
        ]
    if why_no_put_back(user, bid, now) is None:
        return [
            OtherTask(
                "Put back the submitted answers",
                "For a correction that the school left open.",
                "applications.put_back",
                ref,
                sidestep=True,
            )
        ]
    return []


def _answers_asked_of(bid: Bid, user: User, now: datetime) -> list[OtherTask]:
    """Confirmations and feedback this person may give for a school that takes part."""
    day = london_date(now)
    leading = user.school_ids(day, leading=True)
    tasks = [
        OtherTask(
            f"Answer for {c.school.name}",
            "The bid can’t go to the panel before you answer.",
            "applications.confirmation_confirm",
            {"reference": bid.reference, "number": c.id},
        )
        for c in bid.confirmations
        if c.state is ConfirmationState.ASKED and c.school_id in leading
    ]
    if any(f.school_id in user.school_ids(day) and not f.given_at for f in bid.feedback):
        tasks.append(
            OtherTask(
                "Rate the support", "It takes two minutes.", "impact.feedback", {"reference": bid.reference}
            )
        )
    return tasks


def _after_a_refusal(bid: Bid, user: User, now: datetime) -> list[OtherTask]:
    """Asking for a review, and bidding again from a bid that came to nothing."""
    ref, tasks = {"reference": bid.reference}, []
    if Actor.SCHOOL_LEADER in actors_for(user, bid, now) and why_no_review(bid, now) is None:
        tasks.append(
            OtherTask(
                "Ask for a review",
                f"You can ask until {day_words(review_until(bid))}. A manager who took no "
                "part will look at it.",
                "applications.ask_for_review",
                ref,
                sidestep=True,
            )
        )
    if why_not_again(bid, user, now) is None:
        tasks.append(
            OtherTask(
                "Bid again from this one",
                "A new draft with the answers you last sent.",
                "applications.bid_again",
                ref,
                sidestep=True,
            )
        )
    return tasks


def _plan_to_see(bid: Bid, actors: Set[Actor], ref: dict[str, Any]) -> list[OtherTask]:
    """The revised plan, once it is sent, beside what the school does with the offer."""
    if not needs_plan(bid) or not actors & {Actor.SCHOOL_TEAM, Actor.OFFICER}:
        return []
    plan = plan_of(bid)
    if plan is None or plan.state not in (PlanState.PROPOSED, PlanState.AGREED):
        return []
    why = "Which days and costs the offer pays for."
    return [OtherTask("See the revised plan", why, "applications.plan", ref, sidestep=True)]
