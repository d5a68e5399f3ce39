"""What the journey of the full panel is played with: nine members, six bids, everybody's scores."""

from fundflow.models.person import SeatPosition, Sector
from tests.journeys.panel_stage import Member, Ready

CHAIR, DEPUTY, LAURA, RUTH, BEN = "Marcus Webb", "Anita Joshi", "Laura Finch", "Ruth Ames", "Ben Okoro"
KOFI, PETER, SUE, HELEN = "Kofi Mensah", "Peter Rowe", "Sue Tan", "Helen Moss"
MEMBERS = (
    Member(CHAIR, Sector.SECONDARY, SeatPosition.CHAIR),
    Member(DEPUTY, Sector.SPECIAL, SeatPosition.DEPUTY),
    Member(LAURA, Sector.PRIMARY),
    Member(RUTH, Sector.PRIMARY),
    Member(BEN, Sector.SECONDARY),
    Member(KOFI, Sector.SPECIAL),
    Member(PETER, Sector.LA),
    Member(SUE, Sector.GOVERNOR),
    Member(HELEN, Sector.ALLIANCE),
)

CONDITIONS, REDUCED, TIED, DEFERRED, REFUSED, INQUORATE = (f"BRK-000{n}" for n in range(1, 7))
REFS = (CONDITIONS, REDUCED, TIED, DEFERRED, REFUSED, INQUORATE)
HEADS = {
    "Hazelmere Primary School": "Amara Cole",
    "Northway Academy": "Ravi Menon",
    "Kingsmead Infant School": "Joan Pike",
    "Fairlight School": "Tom Best",
    "Marlow Road Primary School": "Nadia Khan",
    "Weston High School": "Carl Voss",
    "Elm Grove Primary School": "Daniel Hart",
}
PROVIDER = "Elm Grove Primary School"
BIDS = (
    Ready("Reading recovery in Years 1 and 2", "Hazelmere Primary School", PROVIDER, 12_000),
    Ready("Fractions across the trust", "Northway Academy", PROVIDER, 16_000),
    Ready("Talk for writing in Reception", "Kingsmead Infant School", PROVIDER, 6_000),
    Ready("Calmer starts in Year 7", "Fairlight School", PROVIDER, 8_000),
    Ready("Chess for everyone", "Marlow Road Primary School", PROVIDER, 7_000),
    Ready("Science in Year 9", "Weston High School", PROVIDER, 5_000),
)

# A digit a criterion, in the order of the rules: need (20), outcomes (20), priority (15), delivery (15),
# value (15), sustainability (10), gaps (5); a score of 4 earns the weight. What all gave earns
#   BRK-0001  4333322: 20 + 15 + 11.25 + 11.25 + 11.25 + 5 + 2.5 = 76.25
#   BRK-0002  3333222: 15 + 15 + 11.25 + 11.25 +  7.5  + 5 + 2.5 = 67.5
#   BRK-0003  3232232: 15 + 10 + 11.25 +  7.5  +  7.5  + 7.5 + 2.5 = 61.25
#   BRK-0004  3222222: 15 + 10 +  7.5  +  7.5  +  7.5  + 5 + 2.5 = 55
#   BRK-0005  2122211: 10 +  5 +  7.5  +  7.5  +  7.5  + 2.5 + 1.25 = 41.25
#   BRK-0006  3333232: 15 + 15 + 11.25 + 11.25 +  7.5  + 7.5 + 2.5 = 70
# and one member's step up or down, of nine, moves it by a ninth of weight ÷ 4:
#   BRK-0001  Sue’s delivery 1: − 2 × 3.75 ÷ 9 = 75.416… (75.42); as she then says, 2: 75.833… (75.83)
#   BRK-0002  Laura’s need 4, of the eight but Helen: + 5 ÷ 8 = 68.125 (68.13)
#   BRK-0003  Ben’s need 4 and delivery 3: + 5 ÷ 9 + 3.75 ÷ 9 = 62.222… (62.22); without Ben 61.25
#   BRK-0004  Sue’s outcomes 1: − 5 ÷ 9 = 54.444… (54.44)
#   BRK-0005  Peter’s gaps 2: + 1.25 ÷ 9 = 41.388… (41.39)
ALL_GAVE = {
    CONDITIONS: "4333322",
    REDUCED: "3333222",
    TIED: "3232232",
    DEFERRED: "3222222",
    REFUSED: "2122211",
    INQUORATE: "3333232",
}
BUT = {
    (CONDITIONS, SUE): "4331322",
    (REDUCED, LAURA): "4333222",
    (TIED, BEN): "4233232",
    (DEFERRED, SUE): "3122222",
    (REFUSED, PETER): "2122212",
}

# Of £40,000, down the list: 12,000 + 5,000 + 16,000 + 6,000 = £39,000; then not £8,000 more.
RANKED = [
    "1 | BRK-0001 Reading recovery in Years 1 and 2 Hazelmere Primary School | 75.83 Can be funded | "
    "£12,000.00 asked for | To decide | £12,000.00 | Reached",
    "2 | BRK-0006 Science in Year 9 Weston High School | 70 Can be funded | £5,000.00 asked for | "
    "To decide | £17,000.00 | Reached",
    "3 | BRK-0002 Fractions across the trust Northway Academy | 68.13 Can be funded | £16,000.00 asked for | "
    "To decide | £33,000.00 | Reached",
    "4 | BRK-0003 Talk for writing in Reception Kingsmead Infant School | 62.22 Can be funded | "
    "£6,000.00 asked for | To decide | £39,000.00 | Reached",
    "The money reaches to here",
    "5 | BRK-0004 Calmer starts in Year 7 Fairlight School | 54.44 Fund less, or defer The score is "
    "54.44, below 60. | £8,000.00 asked for | To decide | £47,000.00 | Not reached",
    "6 | BRK-0005 Chess for everyone Marlow Road Primary School | 41.39 Not fundable The score is 41.39, "
    "below 60. | £7,000.00 asked for | To decide | £54,000.00 | Not reached",
]


def scores(ref: str, but: tuple[str, ...] = ()) -> dict[str, str]:
    """What each member gave, without some of them."""
    return {m.name: BUT.get((ref, m.name), ALL_GAVE[ref]) for m in MEMBERS if m.name not in but}
