"""How migrations are written from the models, and run: what Alembic leaves to their author."""

from fundflow.migrating import evidence
from fundflow.migrating.columns import rewriter

__all__ = ["evidence", "rewriter"]
