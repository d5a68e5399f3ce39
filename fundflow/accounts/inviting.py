"""Inviting many people at once, from a CSV file: read, shown line by line, and invited once confirmed."""

import csv
import io
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from fundflow.accounts.administrators import require_administrator
from fundflow.accounts.appointing import write_list_to_others
from fundflow.accounts.names import borne_names, why_not_among
from fundflow.accounts.people import add_account, require_may_give
from fundflow.accounts.places import Place, RolePlace, SchoolPlace
from fundflow.accounts.queries import fund_names
from fundflow.extensions import db
from fundflow.letters.addresses import why_not_address, written
from fundflow.models.person import RoleName, Standing, User
from fundflow.models.school import CLOSED, School
from fundflow.models.signing_in import ProofFor
from fundflow.names import identity
from fundflow.proofs import require_proof
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

MOST = 500  # lines in a file
LONGEST = 120  # of a name and a job title, as the accounts hold them
COLUMNS = ("Name", "Email", "Job title", "School URN", "Role", "Standing", "Fund")
# What a column may also be called.
ALIASES = {
    "full name": "name",
    "email address": "email",
    "e-mail": "email",
    "school": "school urn",
    "urn": "school urn",
}
STANDINGS = {
    "head": Standing.LEADER,
    "head teacher": Standing.LEADER,
    "headteacher": Standing.LEADER,
    "leader": Standing.LEADER,
    "team": Standing.TEAM,
    "school team": Standing.TEAM,
}
HAS_ACCOUNT = "There is an account with this address already. Nothing is sent."
ROLES = {key: role for role in RoleName for key in (role.value, role.words.lower())}


@dataclass(frozen=True, slots=True)
class InvitedLine:
    """One line of the file.

    place    what they will hold; None where the line doesn’t say
    problem  why nobody is invited by it, as a sentence; empty where somebody is
    """

    number: int
    name: str
    email: str
    job_title: str
    place: Place | None = None
    problem: str = ""

    @property
    def has_account(self) -> bool:
        """Whether nothing is wrong with it but that they were invited before."""
        return self.problem == HAS_ACCOUNT

    @property
    def words(self) -> str:
        """What they will be."""
        if isinstance(self.place, SchoolPlace):
            return f"{self.place.standing.words}, {self.place.school.name}"
        return self.place.role.words if isinstance(self.place, RolePlace) else ""


def lines_of(text: str, *, by: User, now: datetime) -> list[InvitedLine]:
    """Every line with what keeps it from being invited; raises Refused where the file is none of ours."""
    read = list(_read(text))
    known = _Known.for_(read)
    return [_line(number, row, known, by, now) for number, row in read]


def invite_many(text: str, *, by: User, now: datetime) -> int:
    """Invite everybody whose line has no problem, and tell the others in one letter; how many."""
    require_administrator(by, now)
    require_proof(by, ProofFor.APPOINTMENTS, now)
    fine = [line for line in lines_of(text, by=by, now=now) if not line.problem and line.place]
    if not fine:
        raise Refused("Nobody in this file is to be invited.")
    for line in fine:
        assert line.place is not None  # noqa: S101 (without a place there is a problem)
        add_account(
            email=line.email,
            name=line.name,
            job_title=line.job_title,
            place=line.place,
            by=by,
            now=now,
            tells=False,
        )
    invited = [f"{line.name} ({line.email}): {line.words}" for line in fine]
    write_list_to_others(invited, key=f"invited:{secrets.token_hex(8)}", by=by, now=now)
    db.session.commit()
    return len(fine)


def _read(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(number of the line, column → text) of the lines that are not empty."""
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count))
    try:
        header = [_column(title) for title in next(reader, [])]
        if not {"name", "email"} <= set(header):
            raise Refused(f"The first line must name the columns: {', '.join(COLUMNS)}.")
        for row in reader:
            if reader.line_num > MOST + 1:
                raise Refused(f"The file can have up to {MOST} people. Split it.")
            if any(cell.strip() for cell in row):
                cells = (" ".join(cell.split()) for cell in row)
                yield reader.line_num, dict(zip(header, cells, strict=False))
    except csv.Error:
        raise Refused("The file could not be read as CSV. Save it from your spreadsheet as CSV.") from None


def _column(title: str) -> str:
    name = " ".join(title.replace("_", " ").lower().split())
    return ALIASES.get(name, name)


@dataclass
class _Known:
    """What lines are compared with, asked of the database once; and the lines before."""

    schools: dict[str, School]
    funds: dict[str, int]
    names: set[str]
    accounts: set[str]
    lines: dict[str, int]

    @classmethod
    def for_(cls, read: list[tuple[int, dict[str, str]]]) -> "_Known":
        urns = {row.get("school urn", "") for _, row in read} - {""}
        emails = {written(row.get("email", "")) for _, row in read}
        return cls(
            {s.urn: s for s in db.session.scalars(select(School).where(School.urn.in_(urns)))},
            {name.lower(): number for number, name in fund_names().items()},
            borne_names(),
            set(db.session.scalars(select(User.email).where(User.email.in_(emails)))),
            {},
        )


def _line(number: int, row: Mapping[str, str], known: _Known, by: User, now: datetime) -> InvitedLine:
    email = written(row.get("email", ""))
    line = InvitedLine(number, row.get("name", ""), email, row.get("job title", ""))
    try:
        _require_new(line, known)
        place = _place(row, known, london_date(now))
        require_may_give(by, place, now)
    except Refused as refused:
        return replace(line, problem=refused.sentence)
    return replace(line, place=place)


def _require_new(line: InvitedLine, known: _Known) -> None:
    """Raise Refused for a line without somebody new in it; remember who it names."""
    if not line.email or (why := why_not_address(line.email)):
        raise Refused(f"{why}." if line.email else "The email address is missing.")
    if line.email in known.accounts:
        raise Refused(HAS_ACCOUNT)
    if line.email in known.lines:
        raise Refused(f"This address stands in line {known.lines[line.email]} already.")
    if not line.name:
        raise Refused("The name is missing.")
    if max(len(line.name), len(line.job_title)) > LONGEST:
        raise Refused(f"Name and job title can have up to {LONGEST} characters each.")
    if why := why_not_among(line.name, known.names):
        raise Refused(why)
    known.lines[line.email] = line.number
    known.names.add(identity(line.name))


def _place(row: Mapping[str, str], known: _Known, today: date) -> Place:
    urn, role = row.get("school urn", ""), row.get("role", "").lower()
    if bool(urn) == bool(role):
        raise Refused("Give the URN of a school, or a role with the council: one of the two.")
    return _role_place(role, row, known, today) if role else _school_place(urn, row, known, today)


def _role_place(role: str, row: Mapping[str, str], known: _Known, today: date) -> RolePlace:
    if role not in ROLES:
        listed = ", ".join(one.words.lower() for one in RoleName)
        raise Refused(f"“{role}” is no role. The roles are: {listed}.")
    fund = row.get("fund", "")
    if fund and fund.lower() not in known.funds:
        raise Refused(f"There is no fund called “{fund}”.")
    return RolePlace(ROLES[role], known.funds[fund.lower()] if fund else None, today)


def _school_place(urn: str, row: Mapping[str, str], known: _Known, today: date) -> SchoolPlace:
    school = known.schools.get(urn)
    if school is None:
        what = "URN" if re.fullmatch(r"\d{6}", urn) else "six-digit URN"
        raise Refused(f"We know no school with the {what} “{urn}”.")
    if school.status_code == CLOSED:
        raise Refused(f"{school.name} is closed.")
    standing = STANDINGS.get(row.get("standing", "").lower())
    if standing is None:
        raise Refused("The standing must be “head” or “team”.")
    return SchoolPlace(school, standing, today)
