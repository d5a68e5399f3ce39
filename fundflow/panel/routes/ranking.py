"""The ranked list of a meeting, and of a fund's bids that money could still reach."""

from typing import Any

from flask import abort, render_template, request

from fundflow.panel import queries
from fundflow.panel.blueprint import blueprint
from fundflow.panel.routes.common import READERS, visible_meeting
from fundflow.panel.scores import ranking
from fundflow.web.access import access, me, now
from fundflow.web.paging import row_id


@blueprint.route("/meetings/<id:meeting_id>/ranking")
@access(READERS)
def meeting_ranking(meeting_id: int) -> str:
    """A meeting's bids by their score, and how far down the money reaches."""
    meeting = visible_meeting(meeting_id)
    return _page(ranking.of_meeting(meeting, me(), now()), meeting=meeting, fund=meeting.fund, funds=())


@blueprint.route("/ranking")
@access(READERS)
def fund_ranking() -> str:
    """This year's bids without money: whom what is free again could reach. `?fund=` names the fund."""
    funds = {fund.id: fund for fund in queries.readers_funds(me(), now())}
    wanted = row_id(request.args.get("fund"))
    if not funds or (wanted and wanted not in funds):
        abort(404)
    fund = funds[wanted] if wanted else next(iter(funds.values()))
    return _page(ranking.of_fund(fund, me(), now()), meeting=None, fund=fund, funds=list(funds.values()))


def _page(found: ranking.Ranking | None, **shown: Any) -> str:
    after = row_id(request.args.get("after")) or 0
    page = found.page(after) if found else None
    return render_template("panel/ranking.html", ranking=found, page=page, **shown)
