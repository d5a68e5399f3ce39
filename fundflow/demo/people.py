"""Finding the demonstration's people by the part they play."""

from fundflow.demo import council as c
from fundflow.models.person import RoleName, User
from fundflow.models.school import School


class People:
    def __init__(self, users: dict[str, User], schools: dict[str, School]) -> None:
        self.users, self.schools = users, schools

    def head(self, urn: str) -> User:
        return self.users[c.HEADS.get(urn) or c.LATER_HEADS[urn]]

    def staff(self, role: RoleName, nth: int = 0) -> User:
        """The (nth) person who holds a role with the council."""
        return self.users[[name for name, held, _ in c.STAFF if held is role][nth]]

    def school(self, urn: str) -> School:
        return self.schools[urn]

    def member(self, name: str) -> User:
        """Somebody who sits on the panel, by name."""
        return self.users[name]
