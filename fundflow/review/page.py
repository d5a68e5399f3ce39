"""What the review's page shows: what is missing first, then interests, questions and facts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask import url_for

from fundflow import interests
from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.models.review import ITEMS, Item, Recommendation, Review, Verdict
from fundflow.models.unfinished import REVIEW, wrong_under
from fundflow.permissions import is_open_to_school
from fundflow.review import evidence, figures, queries, rules
from fundflow.rules.bid_sections import SECTION
from fundflow.rules.interests.bars import names_to_settle
from fundflow.rules.interests.records import shown_by_records
from fundflow.workflow.application import BidState
from fundflow.workflow.interests import Tie
from fundflow.workflow.phrases import joined
from fundflow.workflow.working_days import london_date

FEW = 4  # so many items left are named one by one


class Left(NamedTuple):
    """One thing the report to the panel still waits for; `href` is empty where others must act."""

    text: str
    href: str = ""


class Interest(NamedTuple):
    """What is known of a person's interest: from the records, and what they declared."""

    shown: list[Tie]
    declared: Any


def context(bid: Bid, user: User, now: datetime, *, may_save: bool) -> dict[str, Any]:
    """Everything of the page but its form."""
    officers = [one for one in (bid.officer, user) if one is not None]
    shown, made = shown_by_records(bid, officers), queries.versions(bid)
    queries.load_premiums(bid)
    known, verdicts = evidence.weighed(bid, user, now, shown)
    changing = bid.submitted_at is not None and is_open_to_school(bid)
    return {
        # Nobody reads here what the school is changing and has not sent.
        "changing": changing,
        "items": ITEMS,
        "evidence": {"brokering": known["brokering"]} if changing else known,
        "sums": figures.value_for_money(bid),
        "schools": figures.schools_table(bid, user, now),
        "heard_by": queries.heard(bid.review_requests),
        "section_titles": {slug: section.title for slug, section in SECTION.items()},
        "from_bid": {} if changing else verdicts,
        "left": what_is_left(bid, {} if changing else verdicts) if may_save else [],
        "asked": queries.questions(bid, made),
        "difference": difference_url,
        "sent_again": len(made) > 1,
        "sent_at": made[-1][1] if made else None,
        "before": queries.attempt_before(bid, user, now),
        "interest": Interest(shown.get(user.id, []), interests.declaration_of(bid, user)),
        **_may(bid, user, now),
    }


def _may(bid: Bid, user: User, now: datetime) -> dict[str, bool]:
    """What the reader may do from here, beside the review itself."""
    late = bid.state is BidState.RETURNED and bid.due_on is not None and bid.due_on < london_date(now)
    return {
        "may_hear": rules.why_not_hear(bid, user, now) is None,
        "may_hand_over": rules.why_not_hand_over(bid, user, now) is None,
        "may_ask_to_stop": rules.why_not_ask_to_stop(bid, user, now) is None,
        "may_declare": rules.why_not_declare(bid, user, now) is None,
        "may_ask_again": rules.why_not_ask_again(bid, user, now) is None,
        "answer_late": late,
    }


def what_is_left(bid: Bid, known: Mapping[str, Verdict]) -> list[Left]:
    """What the report waits for, what the officer can do first; `known` items are answered from the bid."""
    review = bid.review
    if review is None:
        return []
    open_items = unanswered(review)
    wrong = [Left(why) for why in wrong_under(bid, REVIEW)]
    to_save = [item for item in open_items if item.slug in known]
    open_items = [item for item in open_items if item.slug not in known]
    left = [Left(item.words, f"#verdict_{item.slug}-0") for item in open_items]
    if len(open_items) > FEW:
        left = [Left(f"Answer {len(open_items)} of {len(ITEMS)} items of the checklist", "#checklist")]
    if to_save:
        answers = "1 answer" if len(to_save) == 1 else f"{len(to_save)} answers"
        left.append(Left(f"Check {answers} from the bid, and save the review", "#from-the-bid"))
    left += [Left(f"Add a note to “{item.words}”", f"#note_{item.slug}") for item in review.notes_wanted()]
    left += _before_money(review)
    waiting = bid.waiting_for()
    if waiting:
        left.append(Left(f"Wait for {joined(waiting)}"))
    if names := names_to_settle(bid):
        left.append(Left(f"Say whether it is an interest that the bid names {joined(names)}", "#named"))
    if bid.correcting_since:
        left.append(Left("Wait for the school, which is correcting its answers"))
    return wrong + left


def _before_money(review: Review) -> list[Left]:
    """What the recommendation lacks."""
    left = []
    if review.recommendation is None:
        left.append(Left("Say what you recommend", "#recommendation-0"))
    if review.recommendation is not Recommendation.DO_NOT_FUND and review.why_unassessed():
        left.append(Left("Assess the need", url_for("review.need", reference=review.bid.reference)))
    return left


def unanswered(review: Review) -> list[Item]:
    """The checklist's items without a verdict, in the list's order."""
    answered = {check.item for check in review.checks if check.verdict}
    return [item for item in ITEMS if item.slug not in answered]


def difference_url(bid: Bid, before: int | None, after: int | None) -> str | None:
    """Where what changed between two frozen versions can be read, once there are both."""
    if before is None or after is None:
        return None
    return url_for("applications.compare", reference=bid.reference, number=before, other=after)
