"""The liaison officer's side: the review of a bid and the steps officers take."""

import fundflow.review.routes  # noqa: F401 (adds the pages)
from fundflow.review.blueprint import blueprint

__all__ = ["blueprint"]
