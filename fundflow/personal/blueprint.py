"""The room’s blueprint; `routes` adds the pages."""

from flask import Blueprint

from fundflow.models.person import RoleName
from fundflow.web.access import roles

blueprint = Blueprint("personal", "fundflow.personal")

ADMINISTRATORS = roles(RoleName.ADMINISTRATOR, every_fund=True)
