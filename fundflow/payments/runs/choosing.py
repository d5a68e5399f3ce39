"""The layouts a fund's runs may take, and those that its finance adds."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from fundflow.actors import roles_for
from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.models.fund import Fund
from fundflow.models.payment_run import PaymentLayout
from fundflow.models.person import RoleName, User
from fundflow.payments.runs.facts import CostLine, Payment, Run
from fundflow.payments.runs.layouts import Layout, WrongLayout, read_layout
from fundflow.payments.runs.rendering import CantWrite, Rendered, render
from fundflow.payments.runs.shipped import SHIPPED, shipped
from fundflow.rules.bank_details import why_bank_details
from fundflow.steps import Stale
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.working_days import london_date


class Choice(NamedTuple):
    """A layout that may be chosen; `key` is its name among the shipped ones, or the number of its row."""

    key: str
    layout: Layout
    document: str


def choices_for(fund: Fund) -> list[Choice]:
    """The fund's own layouts, then those that come with the service."""
    own = [(str(row.id), row.document) for row in own_layouts(fund) if not row.retired]
    found = own + [(slug, shipped(slug)) for slug in SHIPPED]
    return [Choice(key, read_layout(document), document) for key, document in found]


def own_layouts(fund: Fund) -> Sequence[PaymentLayout]:
    """What the fund's finance added, by name; retired ones too."""
    query = select(PaymentLayout).where(PaymentLayout.fund_id == fund.id)
    return db.session.scalars(query.order_by(PaymentLayout.name, PaymentLayout.id)).all()


def layout_by_id(number: int) -> PaymentLayout | None:
    return db.session.get(PaymentLayout, number)


def keep_layout(
    fund: Fund, document: str, *, row: PaymentLayout | None, version: int | None, user: User, now: datetime
) -> PaymentLayout:
    """Add a layout to a fund, or change one; runs that were gathered keep theirs. Raises Refused."""
    _require_finance(fund, user, now)
    layout = checked(document)
    refuse_if(_why_bank_details(document))
    found = _held(row, version) if row else PaymentLayout(fund=fund)
    taken = next((one for one in own_layouts(fund) if one.name == layout.name and one is not row), None)
    if taken:
        raise Refused(f"The fund has a layout “{layout.name}” already. Give this one another name.")
    found.name, found.document = layout.name, document
    db.session.add(found)
    db.session.flush()
    said = "Changed a layout of payment runs" if row else "Added a layout of payment runs"
    _noted(found, "change_layout" if row else "add_layout", said, user, now)
    return found


def retire_layout(
    row: PaymentLayout, *, retired: bool, version: int | None, user: User, now: datetime
) -> None:
    """Offer a layout no longer, or again."""
    _require_finance(row.fund, user, now)
    _held(row, version).retired = retired
    _noted(row, "retire_layout", "Retired a layout" if retired else "Offered a layout again", user, now)


def checked(document: str) -> Layout:
    """The layout, once sample payments could be written with it. Raises Refused with every problem."""
    try:
        layout = read_layout(document)
        preview(layout)
    except WrongLayout as wrong:
        raise Refused(" ".join(wrong.problems)) from None
    except CantWrite as wrong:
        raise Refused(f"The sample can’t be written: {wrong}") from None
    return layout


def preview(layout: Layout) -> Rendered:
    """The sample payments as the layout writes them."""
    return render(layout, SAMPLE)


def _held(row: PaymentLayout, version: int | None) -> PaymentLayout:
    db.session.refresh(row, with_for_update={"key_share": True})
    if version != row.version:
        raise Stale
    return row


def _noted(row: PaymentLayout, step: str, words: str, user: User, now: datetime) -> None:
    record_event(row, step, words, user=user, now=now, given={"name": row.name})
    row.touch()
    db.session.commit()


def _why_bank_details(document: str) -> str | None:
    """Constants are codes; what looks like an account among them is refused."""
    found = why_bank_details(document.replace('"place"', "").replace('"width"', ""), is_code=True)
    return f"{found}." if found else None


def _require_finance(fund: Fund, user: User, now: datetime) -> None:
    if not user.active or RoleName.FINANCE not in roles_for(user, fund.id, london_date(now)):
        raise Refused("Only a finance officer can do this.")


SAMPLE = Run(
    "LSIF-RUN-1",
    date(2027, 3, 3),
    (
        Payment(
            "LSIF-RUN-1-001",
            1,
            "LSIF-0031/C1",
            "LSIF-0031",
            "Larkfield Infant School",
            "100001",
            "Larkfield Infant School",
            "Journal",
            "",
            "4711",
            "",
            "",
            "LSIF-0031/C1 Larkfield Infant School",
            300_000,
            0,
            (CostLine("Assistant head", "AH1", 210_000), CostLine("Train tickets", "", 90_000)),
        ),
        Payment(
            "LSIF-RUN-1-002",
            2,
            "LSIF-0040/C2",
            "LSIF-0040",
            "Ysgol Tŷ Gwyn",
            "100002",
            "The Łódź and Tŷ Gwyn Learning Trust, Ltd",
            "BACS to the trust",
            "00123",
            "",
            "INV 7",
            "PO 881",
            "LSIF-0040/C2 Ysgol Tŷ Gwyn",
            4_999,
            833,
            (CostLine("Head of maths", "HM", 4_999),),
        ),
    ),
)
