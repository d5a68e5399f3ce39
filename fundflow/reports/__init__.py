"""What everybody may read: the start page, the register of awards, accessibility, privacy."""

import fundflow.reports.routes  # noqa: F401 (adds the pages)
from fundflow.reports.blueprint import blueprint

__all__ = ["blueprint"]
