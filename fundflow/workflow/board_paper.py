"""The board's paper: written over figures of a date, issued, and corrected by another beside it."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON, Input, Kind, tick


class PaperState(Enum):
    DRAFT = "draft"
    ISSUED = "issued"
    DISCARDED = "discarded"


S = PaperState
WRITERS = (A.OFFICER, A.CLERK)
WORDS = {S.DRAFT: "Draft", S.ISSUED: "Issued", S.DISCARDED: "Not used"}

# fmt: off
BOARD_PAPER = Workflow("board_paper", "report", S.DRAFT, (
    Step("issue", (S.DRAFT,), S.ISSUED, WRITERS,
         button="Issue the report", past="Issued the report",
         hint="The board, the panel’s chair and the clerk are told.",
         explain=("The figures stay as they stand on {record.drawn_day_words}.",
                  "An issued report can’t be changed. A mistake is put right by another beside it."),
         done="The report is issued. The board is being told.",
         asks_for=(Input("no_names", Kind.TICK, "What was found is not the name of a person",
                         "Tick the box if what was found is not a name",
                         "Only where we found a name in the report that is none, as a street or a book.",
                         optional=True),),
         waits_while=("paper_unfinished", "exempt_part_unexplained"), emails=("board", "chair", "clerk")),
    Step("discard", (S.DRAFT,), S.DISCARDED, WRITERS,
         button="Do not use this draft", past="Set the draft aside", warning=True,
         hint="It is kept, and can’t be issued any more.",
         explain=("It is kept with your reason, and can’t be issued any more.",),
         done="The draft is set aside.",
         asks_for=(REASON,), emails=("clerk", "officer")),
    Step("correct", (S.ISSUED,), S.ISSUED, WRITERS,
         button="Begin a corrected report", past="Began a corrected report", sidestep=True,
         hint="It begins as a copy of this one, which stays as it is.",
         explain=("The corrected report begins as a copy of this one, with the same figures. Both stay, with "
                  "your reason.",),
         done="The corrected report is a draft now.",
         hidden_while=("corrected_already",),
         asks_for=(REASON,), emails=("clerk", "officer")),
    Step("publish", (S.ISSUED,), S.ISSUED, (A.OFFICER,),
         button="Publish the report", past="Published the report",
         hint="Everybody can then read it, without its exempt part.",
         explain=("Everybody can read it without signing in, except the exempt part.",),
         done="The report is published.",
         hidden_while=("published_already",),
         asks_for=(tick("read", "I have read the report, and it names no pupil and no member of staff",
                        "Tick the box to show that you have read the report"),),
         emails=("clerk", "officer")),
    Step("unpublish", (S.ISSUED,), S.ISSUED, (A.OFFICER,),
         button="No longer publish the report", past="Took the report out of public view", sidestep=True,
         hint="Only staff, the board and the panel’s chair can then read it.",
         explain=("Only staff, the board and the panel’s chair can then read it.",),
         done="The report is no longer public.",
         hidden_while=("not_published",),
         asks_for=(REASON,), emails=("clerk", "officer")),
), WORDS)
# fmt: on
