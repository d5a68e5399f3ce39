"""What one of the demonstration's bids is told with, and the lines of cover many of them share."""

from typing import NamedTuple

from fundflow.models.bid_parts import PupilGroupKind
from fundflow.workflow.application import BidState as S

ROLLING, AUTUMN, SPRING = "Rolling round", "Autumn round", "Spring round: attendance and belonging"


class BackfillStory(NamedTuple):
    role: str
    code: str
    half_days: int
    rate: int  # pounds a day
    on_cost: int = 0  # percent


class Story(NamedTuple):
    title: str
    lead: str
    providers: tuple[str, ...]
    priority: int
    began: int  # days from now
    ends: S
    need: str
    measure: str
    baseline: int
    target: int
    lines: tuple[BackfillStory, ...]
    group: PupilGroupKind = PupilGroupKind.ALL
    pupils: int = 60
    meeting: int | None = None  # days from now, one of told.MEETING_DAYS
    lasts: int = 120  # days the support runs
    travel: int = 0  # pounds
    spent: int = 0  # pounds of it that were spent; 0: all
    actual: int | None = None  # what the report says
    misused: int = 0  # pounds that were spent on what is not in the bid
    misuse: str = ""  # on what
    part_way: bool = False  # stop before the last form or answer
    unit: str = "%"
    round: str = ROLLING
    change: str = ""  # of the award: how it ended (award_changes.py)
    interim_sent: bool = False  # its interim report waits to be checked
    followed_up: bool = False  # its follow-up report has fallen due
    papers: bool = False  # with files attached to the full form


SMALL = (BackfillStory("Reading lead", "RL1", 12, 350), BackfillStory("Teacher", "T1", 5, 240, 40))
MATHS = (BackfillStory("Mathematics lead", "ML1", 12, 350), BackfillStory("Teacher", "T1", 5, 240, 40))
LEADER = (BackfillStory("Deputy head", "DH1", 16, 420, 42), BackfillStory("Subject lead", "SL2", 20, 350, 42))
DAYS8 = (BackfillStory("Specialist leader of education", "SLE1", 16, 350),)
BIG = (
    BackfillStory("Executive head", "EH1", 24, 550),
    BackfillStory("Deputy head", "DH2", 20, 450),
    BackfillStory("Subject lead", "SL1", 14, 350),
)
