"""The panel's case, for attacks on it."""

from tests.panel.conftest import panel, panel_of, prepared

__all__ = ["panel", "panel_of", "prepared"]
