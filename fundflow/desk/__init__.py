"""My work, the list of bids, and a bid's front page: the one room that reads the others' nouns."""

from fundflow.desk.routes import rooms

__all__ = ["rooms"]
