"""Awards as open data: the 360Giving Data Standard, and the Local Government Transparency Code.

Both tell what `publishing` lets the register tell, and nothing else.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from fundflow.models.fund import Fund, year_words
from fundflow.reports.queries import Award
from fundflow.web.csv import pounds_cell

VERSION = "1.4"  # of the 360Giving Data Standard
# The columns of the standard's spreadsheet template, and where each lies in a grant.
COLUMNS = {
    "Identifier": ("id",),
    "Title": ("title",),
    "Description": ("description",),
    "Currency": ("currency",),
    "Amount Awarded": ("amountAwarded",),
    "Award Date": ("awardDate",),
    "Planned Dates:Start Date": ("plannedDates", "startDate"),
    "Planned Dates:End Date": ("plannedDates", "endDate"),
    "Recipient Org:Identifier": ("recipientOrganization", "id"),
    "Recipient Org:Name": ("recipientOrganization", "name"),
    "Recipient Org:Postal Code": ("recipientOrganization", "postalCode"),
    "Funding Org:Identifier": ("fundingOrganization", "id"),
    "Funding Org:Name": ("fundingOrganization", "name"),
    "Grant Programme:Code": ("grantProgramme", "code"),
    "Grant Programme:Title": ("grantProgramme", "title"),
    "Beneficiary Location:Name": ("beneficiaryLocation", "name"),
    "Beneficiary Location:Country Code": ("beneficiaryLocation", "countryCode"),
}
CODE_HEADER = (
    "Date awarded",
    "Period",
    "Department",
    "Beneficiary",
    "Registration number",
    "Purpose",
    "Amount (£)",
)


def why_no_360giving(fund: Fund) -> str | None:
    """None where a fund has both identifiers that the standard asks for, else the sentence."""
    if fund.org_identifier and fund.grants_prefix:
        return None
    return (
        "There is no 360Giving file yet: the fund’s settings lack the council’s identifier or the prefix of "
        "its grants."
    )


def grant(award: Award, fund: Fund) -> dict[str, Any]:
    """An award as a grant of the standard. Its title is the school's own once an officer has read it."""
    found: dict[str, Any] = {
        "id": f"360G-{fund.grants_prefix}-{award.reference}",
        "title": award.title or f"Grant to {award.school}",
        "description": _purpose(award),
        "currency": "GBP",
        "amountAwarded": float(pounds_cell(award.pence)),
        "awardDate": award.awarded_on.isoformat(),
        "recipientOrganization": [_recipient(award, fund)],
        "fundingOrganization": [{"id": fund.org_identifier, "name": fund.council}],
        "grantProgramme": [{"code": fund.prefix, "title": fund.name}],
        "beneficiaryLocation": [{"name": award.la_name, "countryCode": "GB"}],
    }
    if award.start_on and award.end_on:
        dates = {"startDate": award.start_on.isoformat(), "endDate": award.end_on.isoformat()}
        found["plannedDates"] = [dates]
    return found


def package(awards: Iterable[Award], fund: Fund) -> Iterator[str]:
    """The JSON of all grants, a piece a grant."""
    yield f'{{"version": "{VERSION}", "grants": ['
    for n, award in enumerate(awards):
        yield ("," if n else "") + "\n" + json.dumps(grant(award, fund), ensure_ascii=False)
    yield "\n]}\n"


def rows(awards: Iterable[Award], fund: Fund) -> Iterator[list[Any]]:
    """The same grants as rows under COLUMNS."""
    for award in awards:
        found = grant(award, fund) | {"amountAwarded": pounds_cell(award.pence)}
        yield [_at(found, path) for path in COLUMNS.values()]


def code_rows(awards: Iterable[Award], funds: dict[int, Fund]) -> Iterator[tuple[Any, ...]]:
    """Every award as the Code asks it of grants, under CODE_HEADER: the period is the financial year, and
    the department the fund's council and name."""
    for award in awards:
        fund = funds[award.fund_id]
        yield (
            award.awarded_on,
            year_words(award.year),
            f"{fund.council}, {fund.name}",
            award.school,
            f"URN {award.urn}" if award.urn.isdigit() else award.urn,
            _purpose(award),
            pounds_cell(award.pence),
        )


def _at(found: dict[str, Any], path: tuple[str, ...]) -> Any:
    if len(path) == 1:
        return found[path[0]]
    first = found.get(path[0], [{}])[0]
    return first.get(path[1], "")


def _recipient(award: Award, fund: Fund) -> dict[str, str]:
    """A school by its URN; an organisation that is no school by the publisher's own code."""
    own = f"360G-{fund.grants_prefix}-ORG:{award.urn}"
    found = {"id": f"GB-EDU-{award.urn}" if award.urn.isdigit() else own, "name": award.school}
    return found | ({"postalCode": award.postcode} if award.postcode else {})


def _purpose(award: Award) -> str:
    """What the money is for, in what may be read of it."""
    said = [
        f"Support from other schools: {award.priority}." if award.priority else "Support from other schools."
    ]
    said += [text for text in (award.title, award.reasons) if text]
    return " ".join(text if text.endswith((".", "!", "?")) else f"{text}." for text in said)
