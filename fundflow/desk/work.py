"""My work: a table of what can wait for somebody, a row a kind of waiting.

Each source is one query, asked only where the person holds what it is for; so the page's queries
do not grow with the bids.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from fundflow.clock_jump import jumped_since
from fundflow.desk import conditions as c
from fundflow.desk.closed_work import closed_schools, closed_schools_of
from fundflow.desk.letters_queries import looks_after
from fundflow.desk.mention_work import mentions
from fundflow.desk.panel_work import (
    Waiting,
    meetings,
    minutes,
    papers,
    papers_of,
    votes_by_email,
    votes_ended,
)
from fundflow.desk.rows import working_days
from fundflow.desk.setting_up import to_set_up
from fundflow.desk.support_work import support_requests
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.days_off import Whose, days_for
from fundflow.models.fund import Fund
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.money import pounds
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.permissions import may_see
from fundflow.web.access import Rule, roles
from fundflow.web.delays import troubles_in_words
from fundflow.workflow.application import BidState as S
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.condition import ConditionState as C
from fundflow.workflow.date_words import moment_words
from fundflow.workflow.impact_return import ReturnState
from fundflow.workflow.working_days import london_date

MOST_BIDS = 300  # of each kind; the rest is in the list of bids


class Source(NamedTuple):
    """Bids that wait for somebody of this rule: what to do, where, and which bids.

    does   steps and endpoints of the bid's front page that do it, the first open one first
    dated  whether the bid's own date is the date by which to do this
    """

    rule: Rule
    what: str
    path: str  # under the bid's own
    when: c.Condition
    does: tuple[str, ...] = ()
    dated: bool = True
    due: c.Deadline | None = None  # else the bid's own

    @property
    def aged(self) -> bool:
        """Whether it has waited since the bid came into its state."""
        return self.dated and self.due is None

    @property
    def whose(self) -> Whose:
        """Whose working days it has waited for."""
        return Whose.SCHOOLS if self.rule is SCHOOL else Whose.COUNCIL


OFFICERS = roles(R.OFFICER, R.DEPUTY_OFFICER)
SCHOOL = Rule(school=True)
DECIDERS = roles(R.AUTHORISED_OFFICER, panel=True)
CHECKERS = roles(R.OFFICER, R.DEPUTY_OFFICER, R.FINANCE)

SOURCES = (
    Source(
        SCHOOL,
        "Finish and submit the bid",
        "/form",
        c.ours_to_lead(S.DRAFT),
        does=("submit", "applications.task_list"),
    ),
    Source(
        SCHOOL,
        "Finish the bid and send it to the head",
        "/form",
        c.ours_for_the_head(S.DRAFT),
        does=("applications.task_list",),
    ),
    Source(
        SCHOOL,
        "Answer the officer’s questions",
        "/form",
        c.ours(S.RETURNED),
        does=("resubmit", "applications.task_list"),
    ),
    Source(SCHOOL, "Answer the panel’s question", "", c.question_of_the_panel, does=("answer_panel",)),
    Source(SCHOOL, "Reply to the offer", "", c.offer_to_answer, does=("accept_offer",)),
    Source(
        SCHOOL,
        "Say whether you take part",
        "",
        c.confirmation_asked,
        due=c.confirmation_due,
        does=("applications.confirmation_confirm",),
    ),
    Source(
        SCHOOL,
        "Read and agree to the bid entered for you",
        "",
        c.agreement_asked,
        dated=False,
        does=("applications.confirmation_confirm",),
    ),
    Source(
        SCHOOL,
        "Send or drop the correction",
        "/steps/correct",
        c.correction_open,
        dated=False,
        does=("correct", "applications.task_list"),
    ),
    Source(
        SCHOOL,
        "Finish and send the claim",
        "/money",
        c.our_claim(ClaimState.DRAFT),
        dated=False,
        does=("payments.bid_money",),
    ),
    Source(
        SCHOOL,
        "Answer about a claim",
        "/money",
        c.our_claim(ClaimState.QUERIED),
        dated=False,
        does=("payments.bid_money",),
    ),
    Source(SCHOOL, "Confirm the days that were worked", "/impact", c.days_to_confirm, dated=False),
    Source(
        SCHOOL,
        "Meet a condition of the award",
        "/conditions",
        c.our_condition,
        due=c.condition_due(C.OUTSTANDING),
    ),
    Source(SCHOOL, "Tell us what changed", "/impact", c.report_to_write, does=("impact.report",)),
    Source(SCHOOL, "Rate the support", "/feedback", c.feedback_asked, does=("impact.feedback",)),
    Source(
        OFFICERS,
        "Finish and submit the bid for the school",
        "/form",
        c.begun_for_a_school,
        dated=False,
        does=("submit_on_behalf", "applications.task_list"),
    ),
    Source(OFFICERS, "Start the review", "", c.handled(S.SUBMITTED), does=("take_up",)),
    Source(
        OFFICERS, "Finish the review", "/review", c.handled(S.IN_REVIEW), does=("recommend", "review.review")
    ),
    Source(
        roles(R.OFFICER, R.DEPUTY_OFFICER, R.CLERK, R.ADMINISTRATOR),
        "Say whether somebody the bid names has an interest",
        "/review#named",
        c.named_to_settle,
        dated=False,
    ),
    Source(OFFICERS, "Say whether the approver may sign", "/application", c.approver_proposed, dated=False),
    Source(
        OFFICERS,
        "Invite somebody who asked for an account",
        "/people",
        c.account_asked,
        dated=False,
        does=("desk.bid_people",),
    ),
    Source(OFFICERS, "Bring back to the panel", "", c.answered_the_panel, does=("bring_back",)),
    Source(
        OFFICERS,
        "Decide what to do: the school has not answered",
        "",
        c.not_answered_in_time,
        does=("go_on_without", "review.ask_again", "take_back"),
    ),
    Source(
        OFFICERS,
        "Check the condition",
        "/conditions",
        c.condition_in(C.REPORTED),
        due=c.condition_due(C.REPORTED),
    ),
    Source(
        OFFICERS,
        "Decide what to do: a condition is overdue",
        "/conditions",
        c.condition_overdue,
        due=c.condition_due(C.OUTSTANDING),
    ),
    Source(
        OFFICERS, "Read the reasons for the register of awards", "/reasons", c.reasons_unread, dated=False
    ),
    Source(CHECKERS, "Check a claim", "/money", lambda _u, _n: c.claim_in(ClaimState.SUBMITTED), dated=False),
    Source(roles(R.FINANCE), "Pay a claim", "/money", c.certified_by_another, dated=False),
    Source(DECIDERS, "Record the decision", "", c.decision_due, does=("approve", "decline", "defer")),
    Source(DECIDERS, "Say whether the decision still stands", "/panel", c.decision_questioned, dated=False),
    Source(
        OFFICERS,
        "Read over the decision letter",
        "/decision-letter",
        c.letter_to_read_over,
        due=c.letter_due,
        does=("panel.read_over",),
    ),
    Source(DECIDERS, "Decide whether to stop the funding", "", c.termination_asked, does=("terminate",)),
    Source(
        roles(R.IMPACT_OFFICER),
        "Check the report",
        "/impact",
        c.report_in(ReturnState.SUBMITTED),
        dated=False,
    ),
    Source(
        roles(R.IMPACT_OFFICER),
        "Close the bid",
        "",
        c.report_in(ReturnState.ACCEPTED),
        dated=False,
        does=("close",),
    ),
    Source(
        roles(R.REVIEWING_MANAGER),
        "Hear a request for a review",
        "/steps/uphold-review",
        c.review_asked,
        dated=False,
    ),
)


def waiting_for(user: User, now: datetime, covered: Mapping[int, str] | None = None) -> list[Waiting]:
    """Everything that waits for this person, the earliest deadline first.

    covered  whom they cover for: person id → name
    """
    seen = may_see(user, now)
    found = [
        line
        for source in SOURCES
        if source.rule.allows(user, now)
        for line in _bids(source, user, now, seen, covered or {})
    ]
    found += meetings(user, now) + papers(user, now) + votes_by_email(user, now)
    found += votes_ended(user, now) + minutes(user, now)
    found += mentions(user, now) + support_requests(user, now) + closed_schools(user, now)
    found += (
        _clock_jumped(user, now)
        + _letters_held_up(user, now)
        + _failed_letters(user, now)
        + to_set_up(user, now)
    )
    return sorted(found, key=lambda w: (w.due_on is None, w.due_on or date.max, w.reference))


def may_wait_for(user: User, now: datetime) -> bool:
    """Whether a bid can need this person: not an auditor or the board, who only read."""
    return any(source.rule.allows(user, now) for source in SOURCES)


def waiting_on(bid: Bid, user: User, now: datetime) -> list[Source]:
    """What My work says to this person of one bid that they may see."""
    asked = [source for source in SOURCES if source.rule.allows(user, now)]
    if not asked:
        return []
    query = select(*(source.when(user, now) for source in asked)).select_from(Bid).where(Bid.id == bid.id)
    return [source for source, waits in zip(asked, db.session.execute(query).one(), strict=True) if waits]


def lines_about(bid: Bid, user: User, now: datetime) -> list[Waiting]:
    """The lines of My work about one bid that lead to other pages than its own: papers, votes, notes,
    and schools that have closed."""
    lines = votes_by_email(user, now) + votes_ended(user, now) + mentions(user, now)
    mine = [line for line in lines if line.reference == bid.reference]
    return papers_of(bid, user, now) + mine + closed_schools_of(bid, user, now)


def _bids(
    source: Source, user: User, now: datetime, seen: ColumnElement[bool], covered: Mapping[int, str]
) -> list[Waiting]:
    due_on = source.due(user, now) if source.due else Bid.due_on
    query = (
        select(
            Bid.reference,
            Bid.listed_title,
            School.name,
            Bid.listed_pence,
            due_on,
            Bid.state_since,
            Bid.officer_id,
            Fund.days_off,
        )
        .join(School, School.id == Bid.lead_school_id)
        .join(Fund, Fund.id == Bid.fund_id)
        .where(seen, source.when(user, now))
        .order_by(due_on.is_(None), due_on, Bid.id)
        .limit(MOST_BIDS)
    )
    return [
        Waiting(
            reference,
            title or "Bid without a title yet",
            f"{school} · {pounds(pence, always_pence=False)}",
            source.what,
            due if source.dated else None,
            f"/bids/{reference}{source.path}",
            working_days(london_date(since), london_date(now), days_for(off, source.whose))
            if source.aged
            else None,
            covered.get(officer or 0, "") if source.rule is OFFICERS else "",
        )
        for reference, title, school, pence, due, since, officer, off in db.session.execute(query)
    ]


FEW = 10  # lines that need no headings
WHEN = ("Late", "In the next 7 days", "Later", "No date")


def grouped(lines: list[Waiting], today: date) -> list[tuple[str, list[Waiting]]]:
    """A long list under headings, by deadline; a short one under one."""
    if len(lines) <= FEW:
        return [("Waiting for you", lines)] if lines else []
    groups: dict[str, list[Waiting]] = {title: [] for title in WHEN}
    for line in lines:
        groups[_when(line.due_on, today)].append(line)
    return [(title, found) for title, found in groups.items() if found]


def _when(day: date | None, today: date) -> str:
    late, soon, later, never = WHEN
    if day is None:
        return never
    if day < today:
        return late
    return soon if day < today + timedelta(days=7) else later


def _letters_held_up(user: User, now: datetime) -> list[Waiting]:
    if not roles(R.ADMINISTRATOR).allows(user, now):
        return []
    return [
        Waiting(
            "Letters", title, detail, "Get letters going again", london_date(now), "/letters?status=queued"
        )
        for title, detail in troubles_in_words(now)
    ]


def _clock_jumped(user: User, now: datetime) -> list[Waiting]:
    """Nothing is done by date until an administrator of every fund says that the clock is right."""
    last = jumped_since(now) if roles(R.ADMINISTRATOR).allows(user, now) else None
    if last is None:
        return []
    title = f"Nothing is done by date since {moment_words(last)}"
    detail = "No offer ends, no support ends and no reminder goes"
    what = "Say whether the server’s clock is right"
    return [Waiting("Clock", title, detail, what, london_date(now), "/work/clock")]


def _failed_letters(user: User, now: datetime) -> list[Waiting]:
    if not roles(R.ADMINISTRATOR).allows(user, now):
        return []
    count = db.session.scalar(
        select(func.count())
        .select_from(Letter)
        .where(Letter.status == LetterStatus.FAILED, looks_after(user, now, R.ADMINISTRATOR))
    )
    if not count:
        return []
    title = f"{count} letter{'' if count == 1 else 's'} could not be delivered"
    return [
        Waiting(
            "Letters",
            title,
            "Check the address and send again",
            "Look at failed letters",
            None,
            "/letters?status=failed",
        )
    ]
