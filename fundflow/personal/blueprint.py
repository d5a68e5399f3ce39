"""The room’s blueprint; `routes` adds the pages."""

from flask import Blueprint

from fundflow.models.person import RoleName
from fundflow.web.access import roles

blueprint = Blueprint("personal", "fundflow.personal")

# Who is known here, and what was asked, belongs to no fund.
READERS = roles(RoleName.ADMINISTRATOR, RoleName.AUDITOR, every_fund=True)
ADMINISTRATORS = roles(RoleName.ADMINISTRATOR, every_fund=True)
