"""A page for each role: what you do, and when. The texts are `docs/help/*.md`."""

from fundflow.help import routes
from fundflow.help.routes import blueprint

__all__ = ["blueprint", "routes"]
