"""Grades of released staff, each with the day rate (pence) above which a bid must say why."""

from datetime import datetime

from fundflow.extensions import db
from fundflow.funds.operations.common import lock_fund
from fundflow.history import record_event
from fundflow.models.fund import Fund, StaffGrade
from fundflow.models.money import pounds
from fundflow.models.person import User
from fundflow.names import searchable
from fundflow.workflow.engine import Refused


def add_grade(
    fund: Fund,
    *,
    title: str,
    cap_pence: int,
    standard_rated: bool = False,
    version: int,
    user: User,
    now: datetime,
) -> None:
    """A grade that lines of backfill may name; one that was retired comes back with this cap.

    Raises Refused where the fund has it already, and Stale.
    """
    lock_fund(fund, version, user, now)
    known = next((g for g in fund.grades if searchable(g.title) == searchable(title)), None)
    if known and not known.retired:
        raise Refused(f"{fund.name} already has the grade “{known.title}”.")
    if known:
        known.retired, known.cap_pence, title = False, cap_pence, known.title
        known.standard_rated = standard_rated
    else:
        db.session.add(StaffGrade(fund=fund, title=title, cap_pence=cap_pence, standard_rated=standard_rated))
    record_event(
        fund, "add_grade", f"{title}: day rates above {pounds(cap_pence)} need a reason", user=user, now=now
    )
    db.session.commit()


def change_cap(
    grade: StaffGrade,
    *,
    cap_pence: int,
    standard_rated: bool = False,
    version: int,
    user: User,
    now: datetime,
) -> None:
    """Another cap for a grade, and whether an invoice for it carries VAT, from now on. May raise Stale."""
    lock_fund(grade.fund, version, user, now)
    if cap_pence != grade.cap_pence:
        record_event(
            grade.fund,
            "change_cap",
            f"{grade.title}: cap of the day rate now {pounds(cap_pence)}, before {pounds(grade.cap_pence)}",
            user=user,
            now=now,
            given={"cap_pence": [grade.cap_pence, cap_pence]},
        )
        grade.cap_pence = cap_pence
    if standard_rated is not grade.standard_rated:
        words = f"{grade.title}: {'standard-rated' if standard_rated else 'exempt from VAT'} from now on"
        record_event(
            grade.fund,
            "change_vat",
            words,
            user=user,
            now=now,
            given={"standard_rated": [grade.standard_rated, standard_rated]},
        )
        grade.standard_rated = standard_rated
    db.session.commit()
