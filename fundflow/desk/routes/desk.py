"""My work, and a bid's front page and history; the desk's other pages in the modules beside."""

from flask import abort, render_template, request

from fundflow import ledger
from fundflow.applications.correcting import as_sent
from fundflow.audit.kinds import KINDS
from fundflow.desk import cover, queries, work, work_groups
from fundflow.desk.actions import actions
from fundflow.desk.attempts import attempts_of
from fundflow.desk.blueprint import blueprint
from fundflow.desk.decision_card import decision_card
from fundflow.desk.homes import homes_of
from fundflow.desk.setting_up import to_set_up
from fundflow.desk.sources import BY_KIND, OFFICERS
from fundflow.desk.timeline import timeline
from fundflow.impact.queries import results_for
from fundflow.models.desk import Cover
from fundflow.models.person import RoleName, User
from fundflow.permissions import outcome_kept, sees_money, sees_review, sees_viewings
from fundflow.web.access import READERS_OF_PEOPLE, SIGNED_IN, access, me, now, roles
from fundflow.web.bid_page import bid_page
from fundflow.web.bids import visible_bid
from fundflow.web.paging import row_id
from fundflow.workflow.application import BidState
from fundflow.workflow.working_days import london_date

READ_ACCOUNTS = roles(RoleName.ADMINISTRATOR, RoleName.AUDITOR)
STAFF = roles(RoleName.OFFICER, RoleName.DEPUTY_OFFICER, RoleName.ADMINISTRATOR)


@blueprint.route("/work")
@access(SIGNED_IN)
def my_work() -> str:
    """What waits for the signed-in person, oldest deadline first."""
    user, at = me(), now()
    officer = OFFICERS.allows(user, at)
    covers = cover.in_force(user, at) if officer else []
    covered = _names_of_covered(covers, user)
    mine = work.waiting_for(user, at, covered)
    listed = {line.reference for line in mine.lines}
    return render_template(
        "desk/work.html",
        mine=mine,
        checklists=to_set_up(user, at),
        groups=work_groups.grouped(mine.lines, london_date(at)),
        urgency=work_groups.urgency(mine.lines, london_date(at)),
        others=queries.waiting_for_others(user, at, besides=listed),
        covers=covers,
        covered=covered,
        may_bid=bool(queries.schools_of(user, at)),
        arranges=STAFF.allows(user, at),
        officer=officer,
        acts=work.may_wait_for(user, at),
        homes=homes_of(user, at),
        audit_kinds=KINDS,
        reads_people=READERS_OF_PEOPLE.allows(user, at),
    )


@blueprint.route("/work/<kind>")
@access(SIGNED_IN)
def work_of_a_kind(kind: str) -> str:
    """All bids of one kind that wait for the signed-in person."""
    source = BY_KIND.get(kind) or abort(404)
    user, at = me(), now()
    covered = _names_of_covered(cover.in_force(user, at), user) if source.rule is OFFICERS else {}
    page = work.page_of_kind(source, user, at, row_id(request.args.get("after")), covered)
    return render_template(
        "desk/work_of_a_kind.html", source=source, page=page, entries=work_groups.entries(page.rows)
    )


def _names_of_covered(covers: list[Cover], user: User) -> dict[int, str]:
    """Person's id → name of those this person covers for."""
    return {one.away_id: one.away.name for one in covers if one.covering_id == user.id}


@blueprint.route("/bids/<reference>")
@access(SIGNED_IN)
def bid(reference: str) -> str:
    """A bid's front page: what can be done now, the bid in brief, money and confirmations."""
    found = visible_bid(reference, lists=queries.FRONT_PAGE)
    user, at = me(), now()
    inside = sees_review(user, found, at)
    return bid_page(
        "desk/bid.html",
        found,
        actions=actions(found, user, at),
        sent=as_sent(user, found, at),
        fund_totals=ledger.totals(found.fund_id) if inside else None,
        bid_totals=ledger.bid_totals(found.id)
        if found.state is not BidState.DRAFT
        and sees_money(user, found, at)
        and not outcome_kept(user, found, at)
        else None,
        messages=queries.messages_for(found, user, at),
        attempts=attempts_of(found, user, at),
        decision=decision_card(found, user, at),
        results=results_for(user, found, at),
        timeline=timeline(found, user, at, inside=inside),
        reads_report=queries.reads_report(found, user, at),
    )


@blueprint.route("/bids/<reference>/history")
@access(SIGNED_IN)
def history(reference: str) -> str:
    """Everything that happened to a bid, newest first."""
    found = visible_bid(reference)
    inside, money = sees_review(me(), found, now()), sees_money(me(), found, now())
    entries = queries.history_of(found, inside=inside, money=money, untold=inside)
    return bid_page(
        "desk/history.html",
        found,
        entries=entries,
        reasons=money,
        inside=inside,
        reads_accounts=READ_ACCOUNTS.allows(me(), now()),
        sees_viewings=sees_viewings(me(), found, now()),
    )
