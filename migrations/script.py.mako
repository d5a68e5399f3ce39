<%!
    def bare(text):
        """Alembic marks where it begins and ends; nothing needs that."""
        return "\n".join(line for line in text.split("\n") if "###" not in line).strip()
%>\
"""${message}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = "${up_revision}"
down_revision = "${down_revision}"


def upgrade() -> None:
    ${bare(upgrades) if upgrades else "pass"}


def downgrade() -> None:
    ${bare(downgrades) if downgrades else "pass"}
