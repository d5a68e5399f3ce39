"""The demonstration's good practice: an entry in every state; and contacts with schools that take no part."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from fundflow.brokering.operations import engagement, practice
from fundflow.brokering.operations.engagement import ContactSaid
from fundflow.brokering.operations.practice import EntrySaid
from fundflow.demo.told import Told
from fundflow.models.brokering import Expertise
from fundflow.models.engagement import ContactWay
from fundflow.models.person import RoleName
from fundflow.models.practice import PracticeEntry
from fundflow.models.practice import PracticeKind as K
from fundflow.workflow.working_days import london_date

WILLOWS, RIVERSIDE, OAKFIELD, MEADOW, LINK, MILLBROOK = (
    "899007",
    "899015",
    "899002",
    "899010",
    "899014",
    "899003",
)
NORTHGATE, ASHGROVE = "899016", "899013"  # neither has a head with an account


def told_sharing(told: Told) -> tuple[Iterator[datetime], ...]:
    told.fund.shares_practice = True
    return (
        _agreed(told, WILLOWS, K.UNIT, Expertise.SEND, "Autism resource base", -90, -3),
        _agreed(told, OAKFIELD, K.DOES_WELL, Expertise.EARLY_READING, "Phonics in every class", -40, 300),
        _answered(told),
        _withdrawn(told),
        _waiting(told),
        _trust_school(told),
        _nursery(told),
    )


def _proposed(
    told: Told, urn: str, kind: K, expertise: Expertise, title: str, now: datetime, review: int
) -> PracticeEntry:
    """An entry, with the days from now after which it is looked at again."""
    name = told.people.school(urn).name
    what = f"{name} shows visitors what it does, and shares its plans and training."
    said = EntrySaid(kind, expertise, title, what, london_date(told.now) + timedelta(days=review))
    officer = told.people.staff(RoleName.OFFICER)
    return practice.propose(told.fund, told.people.school(urn), said, user=officer, now=now)


def _agreed(
    told: Told, urn: str, kind: K, expertise: Expertise, title: str, days: int, review: int
) -> Iterator[datetime]:
    yield (now := told.at(days))
    entry = _proposed(told, urn, kind, expertise, title, now, review)
    yield (now := told.at(days + 5))
    _agree(told, entry, now)


def _agree(told: Told, entry: PracticeEntry, now: datetime) -> None:
    head, contact = told.people.head(entry.school.urn), "Call the school office, and ask for a visit."
    practice.agree(entry, consent=True, contact=contact, user=head, now=now, version=entry.version)


def _answered(told: Told) -> Iterator[datetime]:
    """One head says no; another agrees, and takes it back."""
    yield (now := told.at(-30))
    refused = _proposed(told, MEADOW, K.DOES_WELL, Expertise.EAL, "Talk in every lesson", now, 200)
    taken_back = _proposed(told, MILLBROOK, K.DOES_WELL, Expertise.MATHS, "Bridging Year 6 and 7", now, 200)
    yield (now := told.at(-27))
    why = "We have had many visitors this year. Please ask us again next year."
    head = told.people.head(MEADOW)
    practice.decline(refused, reason=why, user=head, now=now, version=refused.version)
    _agree(told, taken_back, now)
    yield (now := told.at(-8))
    head, why = told.people.head(MILLBROOK), "Our head of mathematics has left."
    practice.take_back(taken_back, reason=why, user=head, now=now, version=taken_back.version)


def _withdrawn(told: Told) -> Iterator[datetime]:
    yield (now := told.at(-60))
    entry = _proposed(told, LINK, K.UNIT, Expertise.BEHAVIOUR, "Short stays for Year 9", now, 120)
    yield (now := told.at(-20))
    officer, why = told.people.staff(RoleName.OFFICER), "The centre has no more short stays."
    practice.withdraw(entry, reason=why, user=officer, now=now, version=entry.version)


def _waiting(told: Told) -> Iterator[datetime]:
    yield (now := told.at(-3))
    _proposed(told, RIVERSIDE, K.DOES_WELL, Expertise.MATHS, "Fractions that last", now, 300)


def _trust_school(told: Told) -> Iterator[datetime]:
    """A letter without an answer, then a word with the trust; the next contact is due."""
    yield (now := told.at(-50))
    _log(told, NORTHGATE, now, ContactWay.LETTER, "The head", "No answer.", 14)
    yield (now := told.at(-30))
    came = "The trust puts the fund on the agenda of its heads’ meeting."
    _log(told, NORTHGATE, now, ContactWay.TRUST, "The trust’s director of education", came, 28)


def _nursery(told: Told) -> Iterator[datetime]:
    yield (now := told.at(-12))
    came = "The head did not know of the fund, and would like to see a short bid of another nursery."
    _log(told, ASHGROVE, now, ContactWay.CALL, "The head", came, 30)


def _log(told: Told, urn: str, now: datetime, how: ContactWay, with_whom: str, said: str, after: int) -> None:
    on = london_date(now)
    line = ContactSaid(on, how, with_whom, said, on + timedelta(days=after))
    officer = told.people.staff(RoleName.OFFICER)
    engagement.log(told.fund, told.people.school(urn), line, user=officer, now=now)
