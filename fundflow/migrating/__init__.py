"""How migrations are written from the models, and run: what Alembic leaves to whoever writes them."""

from fundflow.migrating import evidence
from fundflow.migrating.columns import rewriter

__all__ = ["evidence", "rewriter"]
