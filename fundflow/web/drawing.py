"""What `macros/forms.html` draws a field from."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any


class Drawn:
    """A field that `macros/fields/` draws: by the file that `part` names."""

    part = "input"
    input_type = "text"
    spellcheck: bool | None = None  # None: as the browser does it
    inputmode: str | None = None
    prefix = suffix = ""


class OfSeveral(Drawn):
    """A field with choices."""

    chosen = "checked"  # or "selected"
    hints: Mapping[str, str] = {}
    id: str
    iter_choices: Callable[[], Iterable[Any]]

    @property
    def target(self) -> str:
        """The id that an error summary leads to: the first choice’s, of radios and checkboxes."""
        return f"{self.id}-0"

    @property
    def items(self) -> list[dict[str, Any]]:
        """The choices as the design system's components take them."""
        return [self._item(n, *choice[:3]) for n, choice in enumerate(self.iter_choices())]

    def _item(self, number: int, value: Any, words: str, chosen: bool) -> dict[str, Any]:
        value = getattr(value, "value", value)
        hint = {"text": self.hints[value]} if self.hints.get(value) else None
        return {"value": value, "text": words, self.chosen: chosen, "hint": hint, "id": f"{self.id}-{number}"}
