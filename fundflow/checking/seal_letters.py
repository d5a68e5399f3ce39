"""The newest seal, once a week by letter to the auditors: what leaves the database can't be changed in it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from fundflow.chain.sealing import last_seal
from fundflow.extensions import db
from fundflow.letters.addressee import Addressee
from fundflow.letters.holders import holders_of_any_fund
from fundflow.letters.writing import write_letter
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName
from fundflow.workflow.working_days import london_date


def write_seal_letters(now: datetime) -> int:
    """Write this week's letter to each auditor who has none yet, or to administrators where nobody is an
    auditor; returns how many. The caller commits."""
    sealed = last_seal()
    if sealed is None:
        return 0
    day = london_date(now)
    year, week, _weekday = day.isocalendar()
    wanted = {f"seal:{year}-{week:02}:{who.user.id}": who for who in _auditors(now) if who.user}
    written = set(db.session.scalars(select(Letter.key).where(Letter.key.in_(wanted))))
    for key in wanted.keys() - written:
        letter = write_letter(
            "checks/seal.txt",
            "user",
            wanted[key],
            key=key,
            now=now,
            path="/audit/seals",
            context={"sealed": sealed},
        )
        letter.outside = False
    return len(wanted) - len(written)


def _auditors(now: datetime) -> Iterable[Addressee]:
    day = london_date(now)
    return holders_of_any_fund([RoleName.AUDITOR], day) or holders_of_any_fund([RoleName.ADMINISTRATOR], day)
