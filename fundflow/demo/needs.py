"""The demonstration's assessments of need: one bid has one, another waits for it."""

from collections.abc import Iterator
from datetime import datetime

from fundflow.demo.particular_bids import ANSWERED, CHANGED
from fundflow.demo.told import Told
from fundflow.extensions import db
from fundflow.funds.operations.priorities import rename_priority
from fundflow.models.person import RoleName
from fundflow.review.operations.assessing import Assessed, assess
from fundflow.workflow.working_days import london_date


def tell_needs(told: Told) -> Iterator[datetime]:
    """The fund asks for assessments of two priorities; then the officer makes the first."""
    yield (now := told.at(-13, 16))
    told.fund.assesses_need = True
    db.session.commit()
    admin = told.people.staff(RoleName.ADMINISTRATOR)
    for priority in {told.bids[story.title].priority for story in (ANSWERED, CHANGED)}:
        assert priority is not None  # every bid of theirs names one
        rename_priority(
            priority,
            title=priority.title,
            asks_assessment=True,
            version=told.fund.version,
            user=admin,
            now=now,
        )
    yield (now := told.at(-12, 15))
    found = Assessed(
        on=london_date(now),
        known="Reasoning is 19 points below arithmetic in Years 5 and 6, and has been for two years.",
        seen="In six lessons pupils calculated and seldom explained. Their books show the same.",
        tried="A new scheme of work in the spring. Results stayed as they were.",
        asked="The head, the mathematics lead and four teachers.",
    )
    bid, officer = told.bids[ANSWERED.title], told.people.staff(RoleName.OFFICER)
    assess(bid, found, user=officer, now=now, version=bid.version)
