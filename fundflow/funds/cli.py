"""`fundflow funds …`: setting a fund up from the command line."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import click
from flask.cli import AppGroup
from sqlalchemy import select

from fundflow import balances
from fundflow.extensions import db
from fundflow.funds.money_forms import KIND_WORDS
from fundflow.funds.operations.funds import add_allocation, create_fund
from fundflow.models.bid import Bid
from fundflow.models.fund import Allocation, Fund, year_words
from fundflow.models.money import financial_year, pounds
from fundflow.models.school import SchoolKind
from fundflow.rules.bank_details import why_bank_details
from fundflow.web.number_fields import MOST_PENCE
from fundflow.web.numbers import MONEY, read_number
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date


@click.group(cls=AppGroup)
def funds() -> None:
    """Funds and their money."""


def _matching(pattern: str, sentence: str) -> Callable[..., str]:
    def check(_context: click.Context, _option: click.Parameter, value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise click.BadParameter(sentence)
        return value

    return check


def _text(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if not value.strip() or len(value) > 120:
        raise click.BadParameter("Between 1 and 120 characters.")
    return value.strip()


def _code(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if len(value) > 40:
        raise click.BadParameter("At most 40 characters.")
    if why := why_bank_details(value, is_code=True):
        raise click.BadParameter(f"{why}.")
    return value.strip()


def _pence(_context: click.Context, _option: click.Parameter, value: str) -> int:
    least, most = Decimal("0.01"), Decimal(MOST_PENCE) / 100
    try:
        pounds = read_number(
            value,
            "The amount",
            least=least,
            most=most,
            places=2,
            units=MONEY,
            example="150000 or 49500.00",
        )
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None
    return int(pounds * 100)


@funds.command()
@click.argument("name", callback=_text)
@click.option("--council", required=True, callback=_text)
@click.option("--la-code", required=True, callback=_matching("[0-9]{3}", "Three digits, like 871."))
@click.option(
    "--prefix",
    required=True,
    help="What references begin with, like LSIF.",
    callback=_matching("[A-Z][A-Z0-9]{1,7}", "2 to 8 capitals and digits, like LSIF."),
)
def add(name: str, council: str, la_code: str, prefix: str) -> None:
    """Set up a fund with the default settings."""
    try:
        create_fund(
            name=name, council=council, la_code=la_code, prefix=prefix, user=None, now=datetime.now(UTC)
        )
    except Refused as refusal:
        raise click.ClickException(refusal.sentence) from None
    click.echo(f"{name} is set up. References begin with {prefix}-0001.")


@funds.command()
@click.argument("prefix")
@click.argument("amount", callback=_pence)
@click.option("--source", required=True, callback=_text)
@click.option("--minute", required=True, callback=_text, help="The minute's reference.")
@click.option("--year", type=click.IntRange(2000, 2100), help="2026 is 2026/27; this year if left out.")
@click.option(
    "--pays",
    multiple=True,
    type=click.Choice([kind.value for kind in KIND_WORDS]),
    help="Which schools it may pay; all, if left out.",
)
@click.option("--carries-forward", is_flag=True)
@click.option("--cost-centre", default="", callback=_code, help="What it pays is charged to it.")
@click.option("--subjective", default="", callback=_code)
def allocate(
    prefix: str,
    amount: int,
    source: str,
    minute: str,
    year: int | None,
    pays: tuple[str, ...],
    carries_forward: bool,
    cost_centre: str,
    subjective: str,
) -> None:
    """Put money into a fund through a new allocation line."""
    fund = db.session.scalar(select(Fund).where(Fund.prefix == prefix))
    if fund is None:
        raise click.ClickException(f"There is no fund whose references begin with {prefix}.")
    now = datetime.now(UTC)
    add_allocation(
        fund,
        source=source,
        minute_reference=minute,
        pence=amount,
        financial_year=year or financial_year(london_date(now)),
        pays=[SchoolKind(kind) for kind in pays] or list(SchoolKind),
        carries_forward=carries_forward,
        cost_centre=cost_centre,
        subjective=subjective,
        version=None,
        user=None,
        now=now,
    )
    click.echo(f"{pounds(amount)} is in {fund.name}.")


@funds.command("check-balances")
@click.option("--rebuild", is_flag=True, help="Make them again from the ledger.")
def check_balances(rebuild: bool) -> None:
    """Compare the ledger's running balances with the sums of its entries."""
    wrong = balances.wrong_balances()
    for found in wrong:
        line = db.session.get_one(Allocation, found.allocation_id)
        bid = db.session.get(Bid, found.bid_id) if found.bid_id else None
        click.echo(
            f"{bid.reference if bid else 'All bids'}, {line.source} {year_words(line.financial_year)}, "
            f"{found.kind.words}: the balance is {pounds(found.kept)}, the entries {pounds(found.entered)}."
        )
    if rebuild:
        balances.rebuild()
        db.session.commit()
        click.echo("The balances are made again from the ledger.")
    elif wrong:
        raise click.ClickException("Balances differ from the ledger. Run this again with --rebuild.")
    else:
        click.echo("Every balance is what the ledger adds up to.")
