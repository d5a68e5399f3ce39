"""An officer, and the list of bids as a file."""

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from fundflow.models.person import RoleName, User
from tests.factories import Make


@pytest.fixture
def officer(make: Make) -> User:
    return make.staff(RoleName.OFFICER, "Priya Raman")


def table(client: Any, kind: str, address: str = "") -> list[dict[str, Any]]:
    """The rows of a file, by the titles of its columns, as the program that opens it reads them."""
    with client.get(f"/bids.{kind}?{address}") as response:
        assert response.status_code == 200
        content = response.data
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
