"""The demonstration's bids: who asks whom for what, when it began, and how far it has come."""

from typing import NamedTuple

from fundflow.models.bid_parts import Group
from fundflow.workflow.application import BidState as S

ROLLING, AUTUMN, SPRING = "Rolling round", "Autumn round", "Spring round: attendance and belonging"


class Line(NamedTuple):
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
    lines: tuple[Line, ...]
    group: Group = Group.ALL
    pupils: int = 60
    meeting: int | None = None  # days from now, one of told.MEETING_DAYS
    lasts: int = 120  # days the support runs
    travel: int = 0  # pounds
    actual: int | None = None  # what the report says
    part_way: bool = False  # stop before the last form or answer
    unit: str = "%"
    round: str = ROLLING
    papers: bool = False  # with files attached to the full form


SMALL = (Line("Reading lead", "RL1", 12, 350), Line("Teacher", "T1", 5, 240, 40))
MATHS = (Line("Mathematics lead", "ML1", 12, 350), Line("Teacher", "T1", 5, 240, 40))
LEADER = (Line("Deputy head", "DH1", 16, 420, 42), Line("Subject lead", "SL2", 20, 350, 42))
DAYS8 = (Line("Specialist leader of education", "SLE1", 16, 350),)
BIG = (
    Line("Executive head", "EH1", 24, 550),
    Line("Deputy head", "DH2", 20, 450),
    Line("Subject lead", "SL1", 14, 350),
)

OLD_MILL = Story(
    "Mixed-age mathematics", "899019", ("899018",), 1, -205, S.IN_DELIVERY,
    "Every class has two year groups, and mathematics was planned for one of them.",
    "Pupils at the expected standard in mathematics", 58, 72, MATHS, pupils=132, meeting=-160, lasts=230,
    travel=60,
)  # fmt: skip

STORIES = (
    # Complete, in the year before and this one
    Story("Phonics coaching in Reception and Year 1", "899009", ("899015",), 0, -560, S.CLOSED,
          "Only 61% of Year 1 pupils met the phonics standard, and two of three teachers are new to the phase.",
          "Year 1 phonics standard", 61, 76, SMALL, pupils=58, meeting=-520, travel=60, actual=78),
    Story("Number sense: joint planning across two schools", "899005", ("899006",), 1, -475, S.CLOSED,
          "Pupils arrive in Year 3 without secure number bonds; the two schools plan separately.",
          "Pupils secure in number bonds", 48, 70, DAYS8, pupils=92, meeting=-430, actual=64),
    Story("Attendance partnership", "899003", ("899008",), 3, -470, S.CLOSED,
          "Persistent absence is 27%, against 21% in the borough, and highest in Year 9.",
          "Persistent absence", 27, 21, LEADER, Group.DISADVANTAGED, 240, -430, 150, 120, 24),
    Story("Autism-friendly classrooms", "899018", ("899007",), 4, -385, S.CLOSED,
          "Eleven pupils have an education, health and care plan for autism; staff ask for practical help.",
          "Staff confident in adapting lessons", 35, 80, SMALL, Group.EHCP, 11, -340, travel=60, actual=84),
    # Impact monitoring
    Story("Reading fluency for Year 7", "899008", ("899004",), 0, -295, S.IN_MONITORING,
          "Four in ten pupils join with a reading age below nine years and six months.",
          "Pupils reading at their age", 60, 75, LEADER, Group.LOW_PRIOR, 180, -250, 170, 90, 73),
    Story("Writing at greater depth", "899012", ("899010",), 5, -205, S.IN_MONITORING,
          "Few pupils write at greater depth: 6% in the summer, against 13% in similar schools.",
          "Year 6 pupils at greater depth in writing", 6, 12, SMALL, Group.MOST_ABLE, 31, -160, 110, 60,
          part_way=True),
    # Money being paid
    Story("Reading recovery in Years 1 and 2", "899001", ("899002",), 0, -135, S.IN_DELIVERY,
          "Only 58% of Year 1 pupils reached the phonics standard (borough 81%). Two of three teachers "
          "are new to the phase.", "Year 1 phonics standard", 58, 76, LEADER, Group.DISADVANTAGED, 112, -95,
          240, 90),
    Story("Oracy across the curriculum", "899010", ("899011",), 5, -78, S.IN_DELIVERY,
          "Pupils seldom speak in full sentences in lessons; governors named oracy a priority.",
          "Lessons with planned talk", 20, 75, SMALL, pupils=388, meeting=-32, lasts=180, travel=60),
    OLD_MILL,
    Story("Reading in every subject", "899004", ("899003",), 0, -80, S.IN_DELIVERY,
          "A third of Year 8 read below their age, and read little outside English lessons.",
          "Pupils reading at their age", 66, 78, BIG, Group.LOW_PRIOR, 190, -32, 200, 60),
    Story("Behaviour routines across two sites", "899014", ("899003",), 3, -130, S.IN_DELIVERY,
          "Fixed-term suspensions doubled after the move to two sites.",
          "Suspensions in a term", 34, 15, DAYS8, Group.EXCLUSION, 41, -95, 200, unit="suspensions"),
    Story("Curriculum leadership in small schools", "899017", ("899018", "899009"), 5, -140, S.SUSPENDED,
          "One teacher leads four subjects; subject knowledge is thin in history and science.",
          "Subjects with a complete sequence", 3, 9, LEADER, pupils=189, meeting=-95, lasts=220, travel=140),
    Story("Outreach for pupils at risk of exclusion", "899004", ("899014",), 3, -290, S.TERMINATED,
          "Nine pupils were at risk of permanent exclusion in the autumn term.",
          "Permanent exclusions", 4, 0, SMALL, Group.EXCLUSION, 9, -250, 200, 60, unit="pupils"),
    # Offers and what became of them
    Story("Mathematics mastery: joint planning", "899006", ("899002",), 1, -48, S.OFFERED,
          "Only 66% of pupils reach the expected standard in mathematics at the end of Year 6.",
          "Year 6 expected standard in mathematics", 66, 78, DAYS8, pupils=241, meeting=-4),
    Story("Early language in the nursery class", "899009", ("899001",), 0, -46, S.OFFERED,
          "Six in ten children start below the expected level in communication and language.",
          "Children at the expected level in language", 40, 62, SMALL, pupils=40, meeting=-4, travel=60),
    Story("Careers conversations in Year 9", "899003", ("899008",), 5, -43, S.OFFERED,
          "Four in ten pupils could not name a job that their favourite subject leads to.",
          "Pupils with a plan after Year 11", 38, 70, DAYS8, pupils=170, meeting=-4),
    Story("Science capital in Years 5 and 6", "899012", ("899003",), 5, -41, S.OFFERED,
          "Seven in ten pupils say that science is not for people like them.",
          "Pupils who would like to study science", 30, 55, SMALL, pupils=61, meeting=-4, travel=40),
    Story("Forest school for Year 4", "899018", ("899012",), 5, -250, S.NOT_TAKEN_UP,
          "Pupils’ wellbeing scores fell; the school wanted to learn from a partner’s forest school.",
          "Pupils with a high wellbeing score", 51, 65, SMALL, pupils=60, meeting=-160),
    # Panel
    Story("Reading for pleasure across the Kingsway schools", "899002", ("899008",), 0, -40, S.AT_PANEL,
          "Half of Year 5 say they never read at home.", "Year 5 pupils who read at home", 50, 75, LEADER,
          pupils=90, meeting=4, travel=80),
    Story("Closing the gap in Year 10 English", "899003", ("899004",), 2, -38, S.AT_PANEL,
          "Disadvantaged pupils make half a grade less progress in English than others.",
          "Disadvantaged pupils at grade 4 in English", 49, 60, BIG, Group.DISADVANTAGED, 96, 4, 200, 60,
          papers=True),
    Story("Transition in mathematics, Year 6 to Year 7", "899015", ("899003",), 1, -36, S.AT_PANEL,
          "Secondary schools find that a third of pupils have forgotten fractions by September.",
          "Pupils secure in fractions in September", 64, 80, DAYS8, pupils=180, meeting=4),
    Story("Sensory circuits every morning", "899011", ("899007",), 4, -75, S.DEFERRED,
          "Teachers lose the first half hour of the day to settling pupils.",
          "Minutes lost in the morning", 30, 10, SMALL, Group.SEN_SUPPORT, 64, -32, unit="minutes"),
    Story("A residential for Year 6", "899018", ("899017",), 5, -130, S.NOT_FUNDED,
          "The school wanted a residential to build confidence before secondary school.",
          "Pupils who feel ready for secondary school", 55, 80, SMALL, pupils=45, meeting=-95),
    Story("A recording studio for the centre", "899014", ("899018",), 3, -44, S.NOT_FUNDED,
          "Pupils who play an instrument attend more often; the centre has nowhere to record.",
          "Pupils who attend on Fridays", 61, 75, DAYS8, pupils=41, meeting=-4),
    # Review
    Story("Disadvantaged pupils’ reading in Key Stage 2", "899015", ("899001",), 2, -16, S.IN_REVIEW,
          "The gap in reading between disadvantaged pupils and others is 19 points.",
          "Gap in reading at Key Stage 2", 19, 9, LEADER, Group.DISADVANTAGED, 149, travel=40, unit="points"),
    Story("Retrieval practice in science", "899004", ("899016",), 5, -12, S.IN_REVIEW,
          "Pupils remember too little of last term’s science: 14% on a low-stakes test.",
          "Average retrieval score in science", 41, 60, SMALL, pupils=300, travel=60, part_way=True),
    Story("Support for new teachers of phonics", "899017", ("899015",), 0, -20, S.RETURNED,
          "Three teachers are new to the school’s phonics scheme.",
          "Lessons seen as at least good", 40, 85, DAYS8, pupils=88),
    Story("Tablets for homework", "899008", ("899016",), 5, -44, S.INELIGIBLE,
          "One pupil in six has no device at home.", "Homework handed in", 68, 85, DAYS8, pupils=700),
    # Application
    Story("Handwriting and spelling in Years 3 and 4", "899001", ("899012",), 0, -5, S.SUBMITTED,
          "Spelling is the weakest strand in our Year 4 assessments: 44% are secure.",
          "Year 4 pupils secure in spelling", 44, 65, SMALL, pupils=118, travel=60),
    Story("Peer coaching for middle leaders", "899015", ("899002",), 5, -3, S.DRAFT,
          "Five of our eight middle leaders are in their first year in post.",
          "Middle leaders who lead a review", 2, 7, SMALL, pupils=419, unit="leaders"),
    Story("Vocabulary in the early years", "899001", ("899013",), 0, -2, S.DRAFT,
          "", "", 0, 1, (), part_way=True),
    Story("Outdoor mathematics", "899011", ("899010",), 1, -55, S.WITHDRAWN,
          "Our trust had planned to train staff in outdoor mathematics.",
          "Lessons taught outdoors", 1, 6, SMALL, pupils=110),
)  # fmt: skip
