"""What else somebody is in a bid whose address it names as its approver's, or as a partner's head's."""

from enum import Enum


class NamedAs(Enum):
    LEAD = "lead"
    CONTACT = "contact"
    HEAD = "head"
    APPROVER = "approver"
    COUNCIL = "council"

    @property
    def words(self) -> str:
        """After a name: “Ann Lee …”."""
        return {
            "lead": "has an account at the school that leads the bid",
            "contact": "is the bid’s contact",
            "head": "answers for another school in the bid",
            "approver": "is the bid’s approver",
            "council": "works for the council on this fund",
        }[self.value]

    @property
    def of_address(self) -> str:
        """After an address: “The address you gave …”."""
        return {
            "lead": "is that of somebody at the school that leads the bid",
            "contact": "is that of the bid’s contact",
            "head": "is that of the head of another school in the bid",
            "approver": "is that of the bid’s approver",
            "council": "is that of somebody who works for the council on this fund",
        }[self.value]
