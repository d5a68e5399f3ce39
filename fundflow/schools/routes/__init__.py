"""The room’s pages."""

from fundflow.schools.routes import (  # noqa: F401 (each adds its own)
    areas,
    caseloads,
    changes,
    concerns,
    inspections,
    organisations,
    registers,
    schools,
    targets,
    tiers,
    trusts,
)
