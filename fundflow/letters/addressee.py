"""Somebody a letter goes to, and which recipients of a table are told in another way than most."""

from dataclasses import dataclass

from fundflow.models.confirmation import Approval, Confirmation
from fundflow.models.day_log import DaysAsk
from fundflow.models.person import User

# Recipients who work for the council: their letters go with a daily digest, unless they ask for
# each letter.
STAFF = frozenset(
    {
        "officer",
        "link_officer",
        "colleague",
        "named",
        "settles",
        "finance",
        "award_officers",
        "impact_officer",
        "clerk",
        "administrator",
        "reviewing_manager",
        "action_owner",
        "drafter",
    }
)


# Their letter says no more than the others of the same step: who is sent one of those is not sent it too.
COPIED = frozenset({"partners"})


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody to write to: a person with an account, or a name and an address that a bid gives."""

    name: str
    email: str
    user: User | None = None
    asked: Confirmation | Approval | DaysAsk | None = None  # what this person is asked and has not answered


def letter_key(entry_id: int, recipient: str, who: Addressee) -> str:
    """The unique key of one letter of a step."""
    asked = f":{who.asked.id}" if who.asked else ""
    return f"step:{entry_id}:{recipient}{asked}:{who.email.lower()}"
