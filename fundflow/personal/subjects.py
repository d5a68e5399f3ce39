"""Finding whose data is asked for: accounts, and people whom only a bid or a letter gives an address."""

from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.models.person import User
from fundflow.names import searchable
from fundflow.personal.gathering import Subject
from fundflow.personal.registry import REGISTRY, Kind, tables
from fundflow.rules.school_queries import every_word

MOST = 20  # of each kind: for fewer one types more of the name
NO_PEOPLE = ("person", "fund", "subject_export")  # accounts, and the council's own address


def accounts(text: str) -> list[User]:
    """Accounts whose name or address holds these words."""
    if not searchable(text):
        return []
    said = every_word(text, lambda word: User.search_text.contains(word, autoescape=True))
    found = select(User).where(said).order_by(User.name, User.id).limit(MOST)
    return list(db.session.scalars(found))


def without_account(text: str) -> dict[str, str]:
    """Addresses that no account has, by these words in the address or in the name beside it → that name."""
    words = text.strip().lower()
    if not words:
        return {}
    found: dict[str, str] = {}
    for email, name in _beside_addresses():
        known = select(User.id).where(User.bears(email.lower()))
        said = words in email.lower() or words in name.lower()
        if said and email.lower() not in found and db.session.scalar(known) is None:
            found[email.lower()] = name
        if len(found) >= MOST:
            break
    return found


def of_account(number: int) -> Subject | None:
    """The person with this account."""
    user = db.session.get(User, number)
    if user is None:
        return None
    emails = frozenset({user.email, *user.former_emails})
    return Subject(user, emails, frozenset({user.name, *_names_at(emails)}))


def of_address(email: str) -> Subject | None:
    """The person known by an address alone; None where no record gives it."""
    names = _names_at(frozenset({email}))
    return Subject(None, frozenset({email}), frozenset(names)) if names else None


def _names_at(emails: frozenset[str]) -> set[str]:
    return {name for email, name in _beside_addresses(emails) if name}


def _beside_addresses(emails: frozenset[str] | None = None) -> list[tuple[str, str]]:
    """Each address that a record gives, with the name beside it, or those at these addresses."""
    found: list[tuple[str, str]] = []
    for table_name, held in REGISTRY.items():
        if table_name in NO_PEOPLE:
            continue
        table = tables()[table_name]
        for column in (c for c, kind in held.columns.items() if kind is Kind.EMAIL):
            beside = column.replace("email", "name")
            name = table.c[beside] if beside in held.columns else table.c[column]
            query = select(table.c[column], name).where(table.c[column] != "").distinct()
            if emails is not None:
                query = query.where(func.lower(table.c[column]).in_(emails))
            found += [(row[0], row[1] or "") for row in db.session.execute(query)]
    return found
