"""Which parts of the service any fund uses: the others are in no menu and have no pages. Kept for a minute.

Pages and letters ask the record's own fund as well.
"""

from sqlalchemy import or_, select

from fundflow.extensions import db
from fundflow.models.fund import Fund, Module
from fundflow.web.kept import Kept


def is_on(module: Module | None) -> bool:
    """Whether any fund uses it; what is of no module is always on."""
    return module is None or module in _kept.value()


def forget() -> None:
    """A fund's settings have changed."""
    _kept.forget()


def _read() -> frozenset[Module]:
    rows = db.session.execute(
        select(*(getattr(Fund, module.value) for module in Module))
        .where(or_(*(getattr(Fund, module.value) for module in Module)))
        .distinct()
    )
    return frozenset(module for row in rows for module in Module if getattr(row, module.value))


_kept = Kept("modules", _read, frozenset[Module]())
