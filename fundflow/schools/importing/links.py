"""GIAS's links file: which establishment came before or after which (docs/rules.md, "Schools")."""

from typing import Any

from fundflow.schools.importing.files import Table, plain
from fundflow.schools.importing.rows import Examination, ImportedRow
from fundflow.schools.importing.summary import Found, Progress

COLUMNS = {
    "urn": "URN",
    "link_urn": "LinkURN",
    "link_type": "LinkType",
}
MAY_LACK = {"link_name": "LinkName", "established": "LinkEstablishedDate"}
HALLMARK = COLUMNS["link_urn"]


def recognises(table: Table) -> bool:
    return plain(HALLMARK) in table.columns


def parse(table: Table, progress: Progress) -> Found:
    """Every row's values for `SchoolLink`, with the school's `urn`.

    A school may stand in any number of rows. Raises WrongFile where a column is missing.
    """
    return Examination(table, COLUMNS, _values, may_lack=MAY_LACK, once=False).run(progress)


def _values(row: ImportedRow) -> dict[str, Any]:
    return {
        "urn": row.matching("urn", r"[0-9]{6}", "six digits", needed=True),
        "link_urn": row.matching("link_urn", r"[0-9]{6}", "six digits", needed=True),
        "link_type": row.text("link_type", 80, needed=True),
        **({"link_name": row.text("link_name", 200)} if row.has("link_name") else {}),
        **({"established_on": row.day("established")} if row.has("established") else {}),
    }
