"""The officer's other half: what schools offer and ask for, matching them, and the log of contacts."""

import fundflow.brokering.routes  # noqa: F401 (adds the pages)
from fundflow.brokering.blueprint import blueprint

__all__ = ["blueprint"]
