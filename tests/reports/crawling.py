"""Every public page and file from the start page on, and what none of them may say."""

import re
from collections import deque
from io import BytesIO

import docx
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.award import Award
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner, PupilGroup, PupilGroupKind
from fundflow.models.confirmation import Approval
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import PHASE_GROUPS, School
from fundflow.reports.queries import Wanted, awards
from fundflow.workflow.working_days import financial_year, london_date

LINK = re.compile(r'(?:href|action)="(/[^"#]*)')
ELSEWHERE = re.compile(r"^/(demo|static|sign-in|healthz)")
FEW_PUPILS = re.compile(
    r"(?<![\d.,£/])(?<!\b1 to )[1-5] (?:[a-z-]+ )?(?:pupils?|children|boys|girls|learners)\b", re.IGNORECASE
)
KEPT = re.compile(r"\btiers?\b|\bconcerns?\b", re.IGNORECASE)


def public_pages(client: FlaskClient) -> dict[str, str]:
    """What stands at each address that leads on from `/`, for whoever is not signed in."""
    waiting, said = deque(["/"]), dict[str, str]()
    while waiting:
        path = waiting.popleft()
        if path in said or ELSEWHERE.match(path):
            continue
        with client.get(path) as answer:
            # 202: a PDF of the page to print, not made yet
            assert answer.status_code in (200, 202, 302), (path, answer.status_code)
            said[path] = _words(path, answer.data)
        waiting += [link.replace("&amp;", "&") for link in LINK.findall(said[path])]
    return said


def of_pupils(text: str) -> list[str]:
    """The numbers that stand after the name of a group of pupils, on a page, in a file or a paper."""
    words = "|".join(kind.words for kind in PupilGroupKind)
    rows = re.findall(rf"(?:{words})(.*?)(?=</tr>|</text>|[A-Z]|$)", text, re.S)
    return [number for row in rows for number in re.findall(r"(?<![\w£.,-])\d+(?![\w%.,])", row)]


def counts_of_one_bid(said: dict[str, str]) -> list[tuple[str, str]]:
    """(address, number) of all that could be the pupils of a group of one bid, or of one or two schools in a
    year and phase; below 13 it could be bids."""
    counts = set(db.session.scalars(select(PupilGroup.count)))
    cells: dict[object, list[tuple[int, int]]] = {}
    rows = (
        select(PupilGroup.group, School.phase_code, Award.made_at, Bid.lead_school_id, PupilGroup.count)
        .join(Bid, Bid.id == PupilGroup.bid_id)
        .join(Award, Award.bid_id == Bid.id)
        .join(School, School.id == Bid.lead_school_id)
    )
    for group, phase, at, school, count in db.session.execute(rows):
        year = financial_year(london_date(at))
        cells.setdefault((group, PHASE_GROUPS.get(phase, "Other"), year), []).append((school, count))
    few = (cell for cell in cells.values() if len({school for school, _ in cell}) < 3)
    counts |= {sum(count for _, count in cell) for cell in few}
    own = {str(count) for count in counts if count > 12}
    return [(path, number) for path, text in said.items() for number in of_pupils(text) if number in own]


def _words(path: str, data: bytes) -> str:
    """What a page or a file says; of Word also what its pictures say."""
    if path.endswith(".docx"):
        file = docx.Document(BytesIO(data))
        cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
        pictures = [shape._inline.docPr.get("descr") or "" for shape in file.inline_shapes]
        return "\n".join([*(line.text for line in file.paragraphs), *cells, *pictures])
    if path.endswith(".xlsx"):
        book = load_workbook(BytesIO(data))
        return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    return data.decode()


def told_too_much(said: dict[str, str]) -> list[tuple[str, str]]:
    """(address, words) of all that stands there and may not."""
    kept = _kept()
    found = [(path, word) for path, text in said.items() for word in kept if word in text]
    for path, text in said.items():
        found += [(path, few) for few in FEW_PUPILS.findall(text) + KEPT.findall(text)]
    return found


def _kept() -> set[str]:
    """Names and addresses of everybody but whom a fund gives to be asked; bids that are no awards; titles
    that nobody has read."""
    people = {name for row in db.session.execute(select(User.name, User.email)) for name in row}
    for query in (
        select(Bid.contact_name, Bid.contact_email, Bid.approver_name, Bid.approver_email),
        select(Partner.contact_name, Partner.contact_email),
        select(Approval.name, Approval.email),
    ):
        people |= {name for row in db.session.execute(query) for name in row}
    people -= {
        name for row in db.session.execute(select(Fund.contact_name, Fund.contact_email)) for name in row
    }
    published = awards(Wanted())
    named, titles = {one.reference for one in published}, {one.title for one in published}
    for reference, *both in db.session.execute(select(Bid.reference, Bid.title, Bid.sent_title)):
        people |= {reference} - named
        people |= {title for title in both if title} - titles
    return {words for words in people if words and len(words) > 3}
