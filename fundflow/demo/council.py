"""The demonstration's council: invented schools and people, as tables."""

from typing import NamedTuple

from fundflow.models.person import RoleName as R
from fundflow.models.person import SeatPosition as P
from fundflow.models.person import Sector as T

COUNCIL = "Borough of Brackenford"
LA_CODE = "899"

TRUSTS = {
    "7001": "Kingsway Learning Trust",
    "7002": "The Meadow Partnership",
    "7003": "St Aldhelm Catholic Trust",
}


class DemoSchool(NamedTuple):
    urn: str
    name: str
    type_code: int
    type_name: str
    phase: int
    pupils: int
    premium: int  # pupils eligible for the pupil premium
    trust: str | None = None
    status: int = 1


COMMUNITY, AIDED, CONTROLLED, FOUNDATION = (
    (1, "Community school"),
    (2, "Voluntary aided school"),
    (3, "Voluntary controlled school"),
    (5, "Foundation school"),
)
CONVERTER, SPONSORED = (34, "Academy converter"), (28, "Academy sponsor led")
SPECIAL, PRU, NURSERY = (
    (7, "Community special school"),
    (14, "Pupil referral unit"),
    (15, "Local authority nursery school"),
)

SCHOOLS = (
    DemoSchool("899001", "Hazelmere Primary School", *COMMUNITY, 2, 412, 131),
    DemoSchool("899002", "Oakfield Academy", *CONVERTER, 2, 630, 122, "7001"),
    DemoSchool("899003", "Millbrook Secondary School", *FOUNDATION, 4, 1042, 318),
    DemoSchool("899004", "St Bede’s Catholic High School", *CONVERTER, 4, 898, 203, "7003"),
    DemoSchool("899005", "Larkfield Infant School", *COMMUNITY, 2, 178, 44),
    DemoSchool("899006", "Larkfield Junior School", *COMMUNITY, 2, 241, 63),
    DemoSchool("899007", "The Willows School", *SPECIAL, 0, 96, 51),
    DemoSchool("899008", "Kingsway Academy", *SPONSORED, 4, 1180, 402, "7001"),
    DemoSchool("899009", "Bridge Street Primary School", *CONTROLLED, 2, 205, 88),
    DemoSchool("899010", "Meadow View Primary Academy", *CONVERTER, 2, 388, 97, "7002"),
    DemoSchool("899011", "Meadow Park Primary Academy", *CONVERTER, 2, 297, 110, "7002"),
    DemoSchool("899012", "St Joseph’s Catholic Primary School", *AIDED, 2, 211, 39),
    DemoSchool("899013", "Ashgrove Nursery School", *NURSERY, 1, 84, 19),
    DemoSchool("899014", "The Link Centre", *PRU, 0, 41, 33),
    DemoSchool("899015", "Riverside Primary School", *COMMUNITY, 2, 419, 149),
    DemoSchool("899016", "Northgate Grammar School", *CONVERTER, 4, 954, 41, "7002"),
    DemoSchool(
        "899017",
        "Holly Lane Church of England Primary School and Nursery, Upper Brackenford",
        *CONTROLLED,
        2,
        189,
        52,
    ),
    DemoSchool("899018", "Fernhill Primary School", *COMMUNITY, 2, 324, 71),
    DemoSchool("899019", "Old Mill Primary School", *COMMUNITY, 2, 132, 40, None, 3),
    DemoSchool("899020", "Station Road Infant School", *COMMUNITY, 2, 0, 0, None, 2),
    DemoSchool("899021", "Old Mill Primary Academy", *CONVERTER, 2, 132, 40, "7002", 4),
)

HEADS = {
    "899001": "Amara Nwosu",
    "899002": "Daniel Price",
    "899003": "Karen Whitlock",
    "899004": "Michael Byrne",
    "899005": "Joyce Adeyemi",
    "899006": "Robert Lane",
    "899007": "Anita Joshi",
    "899008": "Marcus Webb",
    "899009": "Elin Morgan",
    "899010": "Shabnam Karim",
    "899011": "Paul Hendry",
    "899012": "Clare Donnelly",
    "899014": "Tunde Bello",
    "899015": "Laura Finch",
    "899017": "Margaret Ellis-Thornton",
    "899018": "Jaspreet Gill",
    "899019": "Ines Moreira",
}
LATER_HEADS = {"899021": "Ines Moreira", "O00001": "Ola Bright"}  # from the day it opened, was added
TEAM = {"899001": "Sam Okafor", "899015": "Beth Carver", "899008": "Nina Rossi"}
NOT_SIGNED_IN_YET = ("Nina Rossi",)  # invited some days ago

STAFF = (
    ("Priya Raman", R.OFFICER, "Senior education liaison officer (head teacher, two days a week)"),
    ("Tom Hale", R.DEPUTY_OFFICER, "School improvement adviser"),
    ("Grace Lin", R.CLERK, "Committee services"),
    ("Owen Clarke", R.FINANCE, "Schools finance"),
    ("Fatima Noor", R.FINANCE, "Schools finance"),
    ("Helen Abbott", R.IMPACT_OFFICER, "Data and impact"),
    ("David Mensah", R.AUTHORISED_OFFICER, "Director of education"),
    ("Ruth Ellery", R.REVIEWING_MANAGER, "Head of governance"),
    ("Joan Baker", R.AUDITOR, "Internal audit"),
    ("Vera Holloway", R.BOARD, "Councillor, school improvement board"),
    ("Ian Potts", R.ADMINISTRATOR, "Digital services"),
)


class SeatRow(NamedTuple):
    name: str
    position: P
    sector: T
    title: str
    term: tuple[int, int]  # its first and last day, in days from now
    urn: str | None = None  # of the school its holder leads
    trust: str | None = None  # of the trust they speak for
    stands_in_for: str = ""  # whose substitute they are


LONG, NEW = (-700, 400), (-300, 430)
SEATS = (
    SeatRow("Marcus Webb", P.CHAIR, T.SECONDARY, "Head teacher", LONG, "899008"),
    SeatRow("Anita Joshi", P.DEPUTY, T.SPECIAL, "Head teacher", LONG, "899007"),
    SeatRow("Laura Finch", P.MEMBER, T.PRIMARY, "Head teacher", (-700, 45), "899015"),
    SeatRow("Joyce Adeyemi", P.MEMBER, T.PRIMARY, "Head teacher", (-700, -150), "899005"),
    SeatRow("Peter Rowe", P.MEMBER, T.LA, "Head of school places", LONG),
    SeatRow("Sue Tan", P.MEMBER, T.GOVERNOR, "Chair of governors", LONG),
    SeatRow("Yusuf Demir", P.MEMBER, T.GOVERNOR, "Chair of trustees", NEW, trust="7002"),
    SeatRow(
        "Rosalind Achterberg-Oyelaran", P.MEMBER, T.ALLIANCE, "Director of the teaching school alliance", NEW
    ),
    SeatRow("Hilary Stone", P.MEMBER, T.LA, "Virtual school adviser", NEW),
    SeatRow("Imogen Vane", P.MEMBER, T.LA, "School places officer", NEW, stands_in_for="Peter Rowe"),
)

PRIORITIES = (
    "Early reading and phonics",
    "Mathematics",
    "Disadvantaged pupils",
    "Behaviour and attendance",
    "Special educational needs",
    "Leadership and curriculum",
)

CRITERIA = (
    "Schools that come together, and agree what support they need.\n"
    "The money pays for cover while leaders and teachers of one school support another.\n"
    "Say what will be different for pupils, and how you will know."
)


def address_of(name: str) -> str:
    """An address nobody can have: `.example` is reserved."""
    plain = name.lower().replace("’", "").replace(" ", ".")
    return f"{plain}@brackenford.example"
