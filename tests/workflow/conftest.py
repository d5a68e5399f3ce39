"""Guards that ask nothing, for tests of the tables."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

import fundflow.rules.guards  # noqa: F401 (registers the guards)
from fundflow.workflow.engine import GUARDS


def never(*_args: Any) -> None:
    return None


@pytest.fixture
def content() -> Iterator[None]:
    """Every guard is content, so that only the table decides."""
    with patch.dict(GUARDS, dict.fromkeys(GUARDS, never)):
        yield
