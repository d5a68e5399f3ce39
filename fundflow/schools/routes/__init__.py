"""The room’s pages."""

from fundflow.schools.routes import (  # noqa: F401 (each adds its own)
    areas,
    changes,
    inspections,
    organisations,
    registers,
    schools,
    targets,
    tiers,
    trusts,
)
