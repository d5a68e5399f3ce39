"""How migrations are written from the models, and run: what Alembic leaves to whoever writes them."""

from fundflow.migrating.columns import rewriter

__all__ = ["rewriter"]
