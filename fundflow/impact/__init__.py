"""Impact: what changed, what the supported schools say, and the end of a bid."""

import fundflow.impact.routes  # noqa: F401 (adds the pages)
from fundflow.impact.blueprint import blueprint

__all__ = ["blueprint"]
