"""Pages that schools open can be read by somebody of eleven or twelve."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.access_table import ROLES
from tests.factories import NOW, Make
from tests.reading import index, ninth_decile, prose_of
from tests.test_access import council, rows

pytestmark = pytest.mark.one_database
LEAST = 30  # words: fewer are a label or two


def test_pages_of_schools_are_easy_to_read(make: Make, client: FlaskClient, time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    found: SimpleNamespace = council(make)
    pages: dict[str, str] = {}
    for role in ("leader", "provider"):
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = found.people[role].get_id(), True
        for method, path, answers in rows():
            if method == "GET" and answers[ROLES.index(role)] == "." and path not in pages:
                with client.get(path.format(**found.values)) as answer:
                    if answer.status_code == 200 and answer.mimetype == "text/html":
                        pages[path] = prose_of(answer.text)
    ages = {path: index(text) for path, text in pages.items() if len(text.split()) >= LEAST}
    hardest = sorted(ages, key=lambda path: -ages[path])[:5]
    assert len(ages) > 40
    assert ninth_decile(list(ages.values())) <= 6, hardest
    assert max(ages.values()) <= 9, hardest
