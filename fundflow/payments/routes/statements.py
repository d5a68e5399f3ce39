"""The ledger, and statements of a fund, an allocation line, a year, a school and a bid."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, render_template, request, url_for

from fundflow.models.bid import Bid
from fundflow.models.fund import Allocation, year_words
from fundflow.models.school import School
from fundflow.payments import statements
from fundflow.payments.blueprint import blueprint
from fundflow.payments.queries import READERS, WHOLE_LEDGER
from fundflow.payments.statement_files import statement_file
from fundflow.payments.statements import Asked, Statement
from fundflow.permissions import sees_as_staff, sees_money
from fundflow.rules.award_sums import sum_of
from fundflow.rules.ledger_totals import Figure
from fundflow.rules.school_queries import school_by_urn
from fundflow.web.access import SIGNED_IN, access, me, me_or_nobody, now, roles
from fundflow.web.bids import visible_bid
from fundflow.web.paging import row_id
from fundflow.workflow.working_days import financial_year, london_date

EARNED = "Earned so far: confirmed days and costs"
FILES = "<any('csv', 'xlsx'):form>"
COUNCIL = roles(*READERS)


@blueprint.route("/money/ledger")
@access(COUNCIL)
def ledger() -> str:
    lines = statements.lines_to_choose(me(), now())
    asked = _asked(lines)
    return _page(
        statements.of_ledger(me(), now(), asked),
        title=_title(asked),
        funds={line.fund_id: line.fund.name for line in lines}.items(),
        lines=[(line.id, _line_words(line)) for line in lines],
        sees_all=roles(*WHOLE_LEDGER).allows(me(), now()),
    )


@blueprint.route(f"/money/ledger.{FILES}")
@access(COUNCIL)
def ledger_file(form: str) -> Response:
    asked = _asked(statements.lines_to_choose(me(), now()))
    return statement_file(statements.of_ledger(me(), now(), asked), "ledger", form, staff=True)


@blueprint.route("/money/schools/<urn>")
@access(SIGNED_IN)
def school_statement(urn: str) -> str:
    school, statement = _of_school(urn)
    earned = statements.earned_by(school, me(), now(), staff=COUNCIL.allows(me(), now()))
    return _page(
        statement, title=f"Statement of {school.named}", school=school, earned=[(EARNED, earned, None)]
    )


@blueprint.route(f"/money/schools/<urn>.{FILES}")
@access(SIGNED_IN)
def school_statement_file(urn: str, form: str) -> Response:
    school, statement = _of_school(urn)
    return statement_file(statement, f"statement-{school.urn}", form, staff=COUNCIL.allows(me(), now()))


@blueprint.route("/bids/<reference>/money/statement")
@access(SIGNED_IN)
def bid_statement(reference: str) -> str:
    bid, statement = _of_bid(reference)
    return _page(
        statement,
        title=f"Statement of {bid.reference}",
        bid=bid,
        earned=_earned(bid),
        staff=sees_as_staff(me(), bid, now()),
    )


@blueprint.route(f"/bids/<reference>/money/statement.{FILES}")
@access(SIGNED_IN)
def bid_statement_file(reference: str, form: str) -> Response:
    bid, statement = _of_bid(reference)
    staff = sees_as_staff(me(), bid, now())
    return statement_file(statement, f"statement-{bid.reference}", form, staff=staff)


def _earned(bid: Bid) -> list[tuple[str, int, str | None]]:
    """What days and costs come to, which are not of the ledger: words, pence, and the page they stand on."""
    if bid.award is None:
        return []
    found, reference = sum_of(bid), bid.reference
    return [
        (
            EARNED,
            found.whole.earned,
            url_for("payments.bid_days", reference=reference),
        ),
        ("Due now", found.due, url_for("payments.bid_money", reference=reference, _anchor="due")),
    ]


@blueprint.app_template_global()
def reads_statement_of(school: School) -> bool:
    """Whether the signed-in person reads a school's statement: the council's readers, and its head."""
    user, at = me_or_nobody(), now()
    if user is None or COUNCIL.allows(user, at):
        return user is not None
    return school.id in user.school_ids(london_date(at), leading=True)


def _of_school(urn: str) -> tuple[School, Statement]:
    """404 for those who don't read it."""
    school = school_by_urn(urn, organisations=True)
    if school is None or not reads_statement_of(school):
        abort(404)
    staff = COUNCIL.allows(me(), now())
    return school, statements.of_school(school, me(), now(), _asked(), staff=staff)


def _of_bid(reference: str) -> tuple[Bid, Statement]:
    bid = visible_bid(reference)
    if not sees_money(me(), bid, now()):
        abort(404)
    return bid, statements.of_bid(bid, me(), now(), _asked())


def _page(statement: Statement, **context: Any) -> str:
    after = row_id(request.args.get("after"))
    shown = statement.shown(after)
    today, reads_ledger = financial_year(london_date(now())), COUNCIL.allows(me(), now())
    return render_template(
        "payments/statement.html",
        **{"staff": reads_ledger, "earned": (), **context},
        reads_ledger=reads_ledger,
        statement=statement,
        asked=statement.asked,
        figures=shown.figures,
        page=shown.page,
        kinds=[(figure.value, figure.words) for figure in Figure],
        years=[(year, year_words(year)) for year in range(today, statements.first_year(now()) - 1, -1)],
        first=after is None,
        here=_address(str(request.endpoint), statement.asked),
        file=_address(f"{request.endpoint}_file", statement.asked),
    )


def _address(endpoint: str, asked: Asked) -> Callable[..., str]:
    """This statement's address, or its file's, with what is asked for otherwise."""

    def address(**otherwise: Any) -> str:
        return url_for(endpoint, **(request.view_args or {}), **{**asked.args, **otherwise})

    return address


def _asked(lines: list[Allocation] | None = None) -> Asked:
    """What the address asks for; 400 for no figure, 404 for what is not there or this person does not see."""
    args, last = request.args, financial_year(london_date(now()))
    kind = args.get("kind", "")
    if kind and kind not in {figure.value for figure in Figure}:
        abort(400)
    line = _one_of(lines or [], "line")
    fund = _one_of([line.fund for line in lines or []], "fund")
    return Asked(
        kind=Figure(kind) if kind else None,
        year=_year("year", last),
        before=_year("before", last + 1),
        fund=fund,
        line=line,
        reference=args.get("bid", "").replace("\0", "").strip()[:20] if lines is not None else "",
    )


def _one_of(known: list[Any], name: str) -> Any:
    """The record with the id in the address."""
    if not (text := request.args.get(name)) or not known:
        return None
    found = next((one for one in known if one.id == row_id(text)), None)
    return found or abort(404)


def _year(name: str, last: int) -> int | None:
    """A financial year in the address, `last` at the latest; 404 for anything else."""
    if not (text := request.args.get(name)):
        return None
    year = row_id(text)
    return year if year and 2000 <= year <= last else abort(404)


def _title(asked: Asked) -> str:
    """“Statement of Schools forum, 2026/27 (Minute 12)”."""
    if asked.line:
        return f"Statement of {_line_words(asked.line)}"
    if asked.reference:
        return f"Statement of {asked.reference.upper()}"
    if asked.fund:
        return f"Statement of {asked.fund.name}"
    return f"Statement of {year_words(asked.year)}" if asked.year else "The ledger"


def _line_words(line: Allocation) -> str:
    return f"{line.source}, {year_words(line.financial_year)} ({line.minute_reference})"
