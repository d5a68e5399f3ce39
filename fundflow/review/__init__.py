"""The liaison officer's side: the review of a bid and the steps officers take."""

from fundflow.review.routes import rooms

__all__ = ["rooms"]
