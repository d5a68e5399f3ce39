"""My work, the list of bids, and a bid's front page: the one room that reads the others' nouns."""

import fundflow.desk.routes  # noqa: F401 (adds the pages)
from fundflow.desk.blueprint import blueprint

__all__ = ["blueprint"]
