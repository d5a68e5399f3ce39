"""The panel: meetings and their agendas, interests, scores, votes, decisions and offers."""

import fundflow.panel.routes  # noqa: F401 (adds the pages)
from fundflow.panel.blueprint import blueprint

__all__ = ["blueprint"]
