"""A letter to each officer whose schools are not reviewed yet, two weeks before the end of the term."""

from datetime import datetime, timedelta
from types import SimpleNamespace

from sqlalchemy import select

from fundflow.actors import roles_for
from fundflow.extensions import db
from fundflow.letters import write_letter
from fundflow.letters.addressee import Addressee
from fundflow.models.fund import Fund
from fundflow.models.letter import Letter
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.rules.caseloads import due_on, is_kept, is_reviewed, officer_of
from fundflow.schools.caseload_queries import to_review
from fundflow.schools.rules import KEEPERS
from fundflow.workflow.terms import term_on
from fundflow.workflow.working_days import is_working_day, london_date

BEFORE = timedelta(days=14)


def remind_of_reviews(fund: Fund, now: datetime) -> int:
    """Write to the officers of a fund once a term; how many letters. Commits."""
    today = london_date(now)
    term = term_on(today)
    ends = due_on(term, fund)
    if not ends - BEFORE <= today <= ends or not is_working_day(today, fund.council_off):
        return 0
    begins = f"term_reviews:{fund.id}:{term.code}:"
    if db.session.scalar(select(Letter.id).where(Letter.key.startswith(begins)).limit(1)):
        return 0
    missing = select(officer_of(School)).where(is_kept([fund.id]), ~is_reviewed(term))
    written = 0
    for user in db.session.scalars(select(User).where(User.id.in_(missing), User.active).order_by(User.id)):
        count = to_review(user, now, fund) if roles_for(user, fund.id, today) & set(KEEPERS) else 0
        if count:
            write_letter(
                "schools/term_reviews.txt",
                "link_officer",
                Addressee(user.name, user.email, user),
                key=f"{begins}{user.id}",
                now=now,
                path=f"/schools/caseloads?show=unreviewed&officer={user.id}",
                context={
                    "record": SimpleNamespace(fund=fund),
                    "count": count,
                    "term": term.words,
                    "day": ends,
                },
            )
            written += 1
    db.session.commit()
    return written
