"""What a survey found: how many schools gave each answer. The council's people read all of it. Schools read
it with small counts hidden, and no free text (docs/rules.md, "Small numbers").

The units are schools, so every cell of 1 to 5 is hidden. Each thing asked is a table of its own, of phases
and answers. How many schools answered is known for each of its rows and for the whole: so a table in which
one of these would be hidden is not shown by phase.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from fundflow.models.school import PHASE_COLUMNS, PHASE_GROUPS
from fundflow.models.survey import SCALE, Likelihood, QuestionKind, SurveyQuestion
from fundflow.rules.small_numbers import MOST_HIDDEN, Cell, Mark, published

NO_ANSWER = "No answer"
CHOSEN, NOT_CHOSEN = "Chosen", "Not chosen"
OTHER = PHASE_COLUMNS[-1]
WORDS = {one.value: one.words for one in Likelihood}


class Reply(NamedTuple):
    """A school's counted answers, by `SurveyQuestion.key`."""

    school: str
    urn: str
    phase_code: int | None
    answers: Mapping[str, Any]

    @property
    def phase(self) -> str:
        return PHASE_GROUPS.get(self.phase_code or 0, OTHER)


class Row(NamedTuple):
    """One answer: how many schools gave it, and then how many of each phase."""

    answer: str
    cells: tuple[Cell, ...]


class Block(NamedTuple):
    """One thing asked; `about` is the service, or empty where it is the question itself."""

    about: str
    rows: tuple[Row, ...]


class Text(NamedTuple):
    """What a school wrote."""

    school: str
    urn: str
    words: str


class Finding(NamedTuple):
    """What schools answered to one question."""

    question: SurveyQuestion
    blocks: tuple[Block, ...]
    texts: tuple[Text, ...] = ()

    @property
    def is_text(self) -> bool:
        return self.question.kind is QuestionKind.TEXT

    @property
    def is_several(self) -> bool:
        return self.question.kind is QuestionKind.SEVERAL

    @property
    def is_of_services(self) -> bool:
        return self.question.kind is QuestionKind.LIKELY


class Phase(NamedTuple):
    """A phase, and how many of its schools answered."""

    name: str
    answered: int


class Summary(NamedTuple):
    """What a survey found.

    answered   how many schools; hidden where they are few, and then nothing else is shown
    phases     the columns after that of all schools; none where there is nothing to tell apart
    is_shared  whether small counts are hidden
    """

    asked: int
    answered: Cell
    phases: tuple[Phase, ...]
    findings: tuple[Finding, ...]
    is_shared: bool

    @property
    def marks(self) -> list[Mark]:
        """The marks that stand in its tables, to be explained above them."""
        cells = {cell for *_, row in self.rows for cell in row.cells}
        return [mark for mark in Mark if mark in cells]

    @property
    def rows(self) -> list[tuple[str, str, Row]]:
        """All rows, each after its question and what it is about, as a file has them."""
        return [
            (finding.question.text, block.about, row)
            for finding in self.findings
            for block in finding.blocks
            for row in block.rows
        ]


def summary_of(
    questions: Iterable[SurveyQuestion], replies: Sequence[Reply], *, asked: int, shared: bool
) -> Summary:
    """What the replies say: whole, or as it is shared with schools."""
    if shared and 0 < len(replies) <= MOST_HIDDEN:
        return Summary(asked, Mark.HIDDEN, (), (), shared)
    groups = phases_of(replies, shared=shared)
    sizes = Counter(groups[reply.phase] for reply in replies)
    phases = tuple(Phase(name, sizes[name]) for name in PHASE_COLUMNS if sizes[name])
    findings = [_finding(question, replies, groups, shared=shared) for question in questions if replies]
    return Summary(asked, len(replies), phases if len(phases) > 1 else (), tuple(findings), shared)


def phases_of(replies: Iterable[Reply], *, shared: bool) -> dict[str, str]:
    """Under which name each phase that answered is shown. In what is shared, phases of which five schools or
    fewer answered stand together as “Other”, with the next larger one where they are still so few."""
    sizes = Counter(reply.phase for reply in replies)
    together: set[str] = set()
    count = 0
    for phase in sorted(sizes, key=lambda one: (one != OTHER, sizes[one], one)) if shared else ():
        if phase == OTHER or sizes[phase] <= MOST_HIDDEN or 0 < count <= MOST_HIDDEN:
            together.add(phase)
            count += sizes[phase]
    return {phase: OTHER if phase in together else phase for phase in sizes}


def together(rows: Iterable[Row], answers: Collection[str], answered: Cell) -> Cell:
    """How many schools gave one of these answers, where the counts that are shown say so anyway; a sum with a
    hidden count could give it away."""
    listed = list(rows)
    those = [row.cells[0] for row in listed if row.answer in answers]
    others = [row.cells[0] for row in listed if row.answer not in answers]
    if Mark.HIDDEN not in those:
        return sum(count for count in those if isinstance(count, int))
    if Mark.HIDDEN in others or isinstance(answered, Mark):
        return Mark.HIDDEN
    return answered - sum(count for count in others if isinstance(count, int))


# -- counting ----------------------------------------------------------------------------------------

Given = Sequence[tuple[str, Any]]  # the phase of each school, and its answer to the question
Said = Sequence[tuple[str, str]]  # the same, in the words of one of its answers
Tabled = Callable[[Sequence[str], Said], tuple[Row, ...]]


def _finding(
    question: SurveyQuestion, replies: Sequence[Reply], groups: Mapping[str, str], *, shared: bool
) -> Finding:
    if question.kind is QuestionKind.TEXT:
        written = [(r.school, r.urn, str(r.answers.get(question.key) or "").strip()) for r in replies]
        return Finding(question, (), () if shared else tuple(Text(*text) for text in written if text[2]))
    given = [(groups[reply.phase], reply.answers.get(question.key)) for reply in replies]

    def tabled(answers: Sequence[str], said: Said) -> tuple[Row, ...]:
        return _rows(answers, said, shared=shared)

    blocks = {QuestionKind.SEVERAL: _several, QuestionKind.LIKELY: _services}.get(question.kind, _one)
    return Finding(question, tuple(blocks(question, given, tabled)))


def _one(question: SurveyQuestion, given: Given, tabled: Tabled) -> list[Block]:
    """A row an answer that could be chosen."""
    scale = question.kind is QuestionKind.SCALE
    options = [str(number) for number in SCALE] if scale else list(question.options)
    said = [(phase, NO_ANSWER if answer is None else str(answer)) for phase, answer in given]
    return [Block("", tabled(_with_none(options, said), said))]


def _several(question: SurveyQuestion, given: Given, tabled: Tabled) -> list[Block]:
    """A row an option. Each is a table of its own: who did not choose it must not be few either."""
    rows = []
    for option in question.options:
        said = [(phase, CHOSEN if option in (chosen or ()) else NOT_CHOSEN) for phase, chosen in given]
        rows.append(Row(option, tabled((CHOSEN, NOT_CHOSEN), said)[0].cells))
    return [Block("", tuple(rows))]


def _services(question: SurveyQuestion, given: Given, tabled: Tabled) -> list[Block]:
    """A block a service, all with the same rows."""
    said_of = [
        (name, [(phase, WORDS.get((likely or {}).get(str(number)), NO_ANSWER)) for phase, likely in given])
        for number, name in question.services
    ]
    answers = _with_none(list(WORDS.values()), [one for _, said in said_of for one in said])
    return [Block(name, tabled(answers, said)) for name, said in said_of]


def _with_none(answers: list[str], said: Said) -> list[str]:
    """The answers, with “No answer” where a school gave none."""
    left_empty = NO_ANSWER not in answers and any(words == NO_ANSWER for _, words in said)
    return [*answers, NO_ANSWER] if left_empty else answers


def _rows(answers: Sequence[str], said: Said, *, shared: bool) -> tuple[Row, ...]:
    """How many schools said each, of all and by phase."""
    counted = Counter(said)
    phases = [name for name in PHASE_COLUMNS if any(name == phase for phase, _ in said)]
    table = [[counted[phase, answer] for answer in answers] for phase in phases]
    columns: list[Sequence[Cell]] = _hidden(table) if shared else [_added(table), *table]
    if len(phases) == 1:
        columns = columns[:1]
    return tuple(Row(answer, tuple(column[n] for column in columns)) for n, answer in enumerate(answers))


def _added(table: Sequence[Sequence[int]]) -> list[int]:
    return [sum(column) for column in zip(*table, strict=True)]


def _hidden(table: Sequence[Sequence[int]]) -> list[Sequence[Cell]]:
    """The counts of all schools, then of each phase, with small ones hidden. Where a total would be, all
    counts by phase are; and where that of all schools still would be, everything is."""
    found = published(table)
    if all(isinstance(row[-1], int) for row in (*found.rows, found.totals)):
        return [found.totals[:-1], *(row[:-1] for row in found.rows)]
    hidden: list[Sequence[Cell]] = [[Mark.HIDDEN] * len(row) for row in table]
    alone = published([_added(table)]).totals
    return [alone[:-1] if isinstance(alone[-1], int) else hidden[0], *hidden]
