"""What of an award everybody may read, and since when: one rule a field, for every page and file
(docs/rules.md, "Publication").

Pages and files get awards through `as_published` alone, so that none can say more than another.
"""

from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fundflow.reports.queries import Award


class When(Enum):
    """Since when a field is published."""

    AWARDED = "once the school has accepted the offer"
    READ = "once an officer has read the award for the public"
    SUMMARY_READ = "once an officer has read the report’s summary for the public"
    RATED = "once the final report is accepted, where the fund publishes ratings"
    NEVER = "never"


RULES = {
    # of `queries.Award`
    "id": When.AWARDED,
    "reference": When.AWARDED,
    "fund": When.AWARDED,
    "school": When.AWARDED,
    "urn": When.AWARDED,
    "phase": When.AWARDED,
    "postcode": When.AWARDED,
    "la_code": When.AWARDED,
    "la_name": When.AWARDED,
    "priority": When.AWARDED,
    "pence": When.AWARDED,
    "awarded_at": When.AWARDED,
    "start_on": When.AWARDED,
    "end_on": When.AWARDED,
    "partners": When.AWARDED,
    "fund_id": When.AWARDED,
    "title": When.READ,
    "reasons": When.READ,
    "summary": When.SUMMARY_READ,
    "publishes_ratings": When.AWARDED,
    "rating": When.RATED,
    # what nothing published tells
    "need": When.NEVER,
    "approach": When.NEVER,
    "outcomes": When.NEVER,
    "contact_name": When.NEVER,
    "contact_email": When.NEVER,
    "contact_phone": When.NEVER,
    "approver_name": When.NEVER,
    "approver_email": When.NEVER,
    "officer": When.NEVER,
    "staff_code": When.NEVER,
    "pupil_groups": When.NEVER,
    "pupils_benefiting": When.NEVER,
    "score": When.NEVER,
    "votes": When.NEVER,
    "tier": When.NEVER,
    "concern": When.NEVER,
}
# People with an account read a school's title before an officer has: it is not published to them.
SIGNED_IN_TOO = frozenset({"title"})


def as_published(award: "Award", *, signed_in: bool = False) -> "Award":
    """An award with every field emptied that may not be read yet."""
    since = {
        When.AWARDED: True,
        When.READ: award.reasons is not None,
        When.SUMMARY_READ: award.summary is not None,
        When.RATED: award.publishes_ratings,
    }
    hidden: dict[str, Any] = {
        name: None
        for name in award._fields
        if not since.get(RULES[name]) and not (signed_in and name in SIGNED_IN_TOO)
    }
    return award._replace(**hidden)
