"""Surveys of schools: their questions, each school's answers, and who has not answered."""

import fundflow.surveys.routes  # noqa: F401 (adds the pages)
from fundflow.surveys.blueprint import blueprint

__all__ = ["blueprint"]
