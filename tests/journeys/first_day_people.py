"""Who takes part on the first day, and the files in which they are invited: real schools, invented people."""

import csv
import io
from itertools import product

from fundflow.models.person import RoleName, SeatPosition, Sector
from tests.journeys.council import REAL_SCHOOLS, address

ADMINISTRATOR, OFFICER, CLERK = "Ian Potts", "Priya Raman", "Grace Lin"
CHECKER, PAYER, IMPACT = "Owen Clarke", "Fatima Noor", "Helen Abbott"
STAFF = {
    OFFICER: RoleName.OFFICER,
    CLERK: RoleName.CLERK,
    CHECKER: RoleName.FINANCE,
    PAYER: RoleName.FINANCE,
    IMPACT: RoleName.IMPACT_OFFICER,
}
LEAD, PROVIDER = "Baylis Court School", "Langley Grammar School"
HEAD, TEAM, APPROVER = "Karen Whitlock", "Nina Rossi", "Christine Ward"
PROVIDERS_HEAD = "Julia Frost"  # nobody invites her to begin with
CHAIR, DEPUTY, PRIMARY = "Marcus Webb", "Anita Joshi", "Laura Finch"
LA, GOVERNOR = "Peter Rowe", "Sue Tan"
PANEL = {
    CHAIR: (SeatPosition.CHAIR, Sector.SECONDARY),
    DEPUTY: (SeatPosition.DEPUTY, Sector.SPECIAL),
    PRIMARY: (SeatPosition.MEMBER, Sector.PRIMARY),
    LA: (SeatPosition.MEMBER, Sector.LA),
    GOVERNOR: (SeatPosition.MEMBER, Sector.GOVERNOR),
}
HEADS = {
    LEAD: HEAD,
    "Upton Court Grammar School": CHAIR,
    "Arbour Vale School": DEPUTY,
    "Castleview Primary School": PRIMARY,
}
OTHERS = tuple(
    product(
        ("Ada", "Bea", "Carl", "Dora", "Emil", "Faye", "Gus"),
        ("Hill", "Ives", "Jones", "Kent", "Lowe", "Moss", "Nash"),
    )
)
COLUMNS = ("Name", "Email", "Job title", "School URN", "Role", "Standing")
Row = tuple[str, ...]


def schools() -> dict[str, str]:
    """The real schools: name → URN."""
    with REAL_SCHOOLS.open(encoding="utf-8-sig", newline="") as file:
        return {row["School Name"]: row["URN"] for row in csv.DictReader(file)}


def rows() -> list[Row]:
    """The council's staff, the head of every school but the provider's, and one of a team."""
    urns, names = schools(), (" ".join(name) for name in OTHERS)
    staff = [(name, address(name), "", "", role.words, "") for name, role in STAFF.items()]
    heads = [
        (name, address(name), "Head teacher", urn, "", "head")
        for school, urn in urns.items()
        if school != PROVIDER
        for name in [HEADS.get(school) or next(names)]
    ]
    return [*staff, *heads, (TEAM, address(TEAM), "School business manager", urns[LEAD], "", "team")]


def mistyped(row: Row) -> Row:
    """The head's line, with a digit of the school's URN left out."""
    return (*row[:3], row[3][:-1], *row[4:]) if row[0] == HEAD else row


def as_csv(lines: list[Row]) -> bytes:
    """A file as a spreadsheet saves it."""
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *lines])
    return text.getvalue().encode("utf-8-sig")
