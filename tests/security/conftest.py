"""The panel's case, for attacks on it."""

from tests.panel.conftest import panel, panel_of

__all__ = ["panel", "panel_of"]
