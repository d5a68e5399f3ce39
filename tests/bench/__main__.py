"""`make bench` and `make bench-quick`: prints the figures; quick exits with 1 where a bar falls.

A figure in milliseconds says something about this machine today, a ratio about the code.
"""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import NamedTuple

from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.board import BoardPaper
from fundflow.models.fund import Fund
from fundflow.models.panel import AgendaItem
from fundflow.models.person import Membership, Standing, User
from fundflow.models.school import School
from tests.bench.browsing import Answer, Browser
from tests.bench.council import Databases, Server, Size, council, served
from tests.bench.visits import FLOOR, MIX, STEPS, VISITS, Step, Visit
from tests.bench.worker_work import ITEMS, Handed, handed_over

SIZES = (Size(1_000), Size(10_000), Size(100_000), Size(100_000, live_only_once=True))
QUICK = SIZES[:2]
TURNS, AT_ONCE, WARMING, MIXED = 15, 8, 56, 320
GROWTH = 1.5  # of the processor's time, for a page whose content doesn't grow
SAME = 1.15  # of its bytes
SPREAD = 4  # service time, p99 to p50
BY_NAME = {visit.name: visit for visit in VISITS}
say = print
MEMORY = 1.15  # a worker's after load to a warm one's
PACK = 500  # milliseconds of processor, for the pack of 30 bids as a PDF
# Letters while a bare page is answered: 314 and 249 a second, where that took 2.6 ms of processor.
LETTERS = {"sqlite": 314 * 0.0026, "postgresql": 249 * 0.0026}


class Figures(NamedTuple):
    """Of one page or step: queries, rows, milliseconds of wall and of processor, bytes; and how many times
    the processor of the floor, which was asked for in the same turns: a machine is not always as fast."""

    queries: int
    rows: int
    p50: float
    p95: float
    cpu: float
    size: int
    times: float


Measured = dict[str, Figures]


class Load(NamedTuple):
    """Of the mix at eight connections: p50 and p99 in milliseconds; memory of a worker in KB.

    warm  once it has been asked for each page a few times: what is compiled then stays
    """

    p50: float
    p99: float
    fresh: float
    warm: float
    after: float


def main() -> int:
    arguments = ArgumentParser(prog="python -m tests.bench")
    arguments.add_argument(
        "--quick", action="store_true", help="1,000 and 10,000 bids; exits with 1 where a bar falls"
    )
    arguments.add_argument("--only", help="pages and steps whose names have this in them")
    given = arguments.parse_args()
    databases = Databases(os.environ.get("DATABASE") or "sqlite")
    measured: dict[Size, Measured] = {}
    loads: dict[Size, Load] = {}
    handed: Handed | None = None
    try:
        databases.load_demonstration()
        for size in QUICK if given.quick else SIZES:
            with council(databases, size):
                measured[size], loads[size] = measure(given.only or "")
                if handed is None and not given.only:
                    with served() as server:
                        handed = handed_over(server.port)
    finally:
        databases.end()
    fallen = report(measured, loads, handed, databases.kind)
    return 1 if fallen and given.quick else 0


def measure(only: str) -> tuple[Measured, Load]:
    """Every page and step twice: counted, then timed."""
    visits = [visit for visit in VISITS if only in visit.name]
    steps = [step for step in STEPS if only in step.name]
    with served(counts=True) as server:
        counted = {one.name: answers[0] for one, answers, _ in ask_all(server, visits, steps, turns=1)}
    with served() as server:
        seen = {
            one.name: figures_of(counted[one.name], answers, floors)
            for one, answers, floors in ask_all(server, visits, steps, turns=TURNS)
            if one.name in counted
        }
    with served() as server:
        return seen, load(server)


def ask_all(
    server: Server, visits: Sequence[Visit], steps: Sequence[Step], turns: int
) -> Iterator[tuple[Visit | Step, list[Answer], list[Answer]]]:
    """Each page and step with its answers, and those of the floor between them."""
    places = found_places()
    browsers = {visit.who: signed_in(server, visit.who) for visit in (FLOOR, *visits)}

    def floor() -> Answer:
        return browsers[FLOOR.who].get(FLOOR.path)

    for visit in (FLOOR, *visits):
        path = visit.path.format(**places)
        browsers[visit.who].get(path)  # the first asks for templates too
        answers, floors = zip(*((browsers[visit.who].get(path), floor()) for _ in range(turns)), strict=True)
        assert answers[0].status == 200, f"{path} answers {answers[0].status}"
        yield visit, list(answers), list(floors)
    for step in steps:
        if answers := taken(server, step, turns):  # where few bids live, the count may have taken them all
            yield step, answers, [floor() for _ in answers]


def signed_in(server: Server, name: str) -> Browser:
    browser = Browser(server.port)
    browser.sign_in(name)
    return browser


def figures_of(counted: Answer, turns: list[Answer], floors: list[Answer]) -> Figures:
    waits = sorted(turn.ms for turn in turns)
    late = waits[min(len(waits) - 1, int(len(waits) * 0.95))]
    cpu = median(turn.cpu for turn in turns)
    times = cpu / median(floor.cpu for floor in floors)
    return Figures(counted.queries, counted.rows, median(waits), late, cpu, counted.size, times)


def taken(server: Server, step: Step, turns: int) -> list[Answer]:
    """Take the step on one bid after another, but those on which it waits for something."""
    query = select(Bid.reference, Bid.lead_school_id).where(Bid.state == step.state).order_by(Bid.id.desc())
    bids = db.session.execute(query.limit(turns * 4)).all()
    db.session.rollback()
    answers = []
    for reference, school in bids:
        browser = signed_in(server, step.who or head_of(school))
        answers.append(browser.send(step.path.format(bid=reference), ANSWERS))
    return [answer for answer in answers if answer.status == 302][:turns]


ANSWERS = {"agreement": "y", "agree": "y"}


def head_of(school: int) -> str:
    query = (
        select(User.name)
        .join(Membership)
        .where(Membership.school_id == school, Membership.standing == Standing.LEADER)
    )
    name = db.session.scalar(query.order_by(User.id))
    db.session.rollback()
    return name or ""


def found_places() -> dict[str, object]:
    """What stands in the visits' paths: bids, an item and a school such as the page is made for."""
    item = db.session.scalars(
        select(AgendaItem).join(Bid).where(Bid.state == "at_panel").order_by(AgendaItem.id).limit(1)
    ).one()
    own = select(Bid.reference).join(Membership, Membership.school_id == Bid.lead_school_id).join(User)
    amara = own.where(User.name == "Amara Nwosu").order_by(Bid.id)
    places = {
        "at_panel": item.bid.reference,
        "item": item.id,
        "meeting": item.meeting_id,
        "own": db.session.scalar(amara.where(Bid.state == "in_delivery")),
        "draft": db.session.scalar(amara.where(Bid.state == "draft")),
        "urn": db.session.scalar(select(func.min(School.urn))),
        "paper": db.session.scalar(select(func.min(BoardPaper.id)).where(BoardPaper.state == "issued")),
        "fund": db.session.scalar(select(func.min(Fund.id)).where(Fund.grants_prefix != "")),
        "award": db.session.scalar(select(func.min(Bid.reference)).where(Bid.state == "closed")),
        "delivered": db.session.scalar(select(func.min(Bid.reference)).where(Bid.state == "closed")),
    }
    db.session.rollback()
    return places


def load(server: Server) -> Load:
    """The mix, asked for by eight at once; memory before and after."""
    places = found_places()
    mix = [visit for visit in VISITS if visit.name in MIX]
    browsers = {visit.who: signed_in(server, visit.who) for visit in mix}
    fresh = median(server.memory())

    def ask(count: int) -> list[Answer]:
        asked = [mix[n % len(mix)] for n in range(count)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda v: browsers[v.who].get(v.path.format(**places)), asked))

    ask(WARMING)
    warm = median(server.memory())
    times = sorted(answer.service for answer in ask(MIXED))
    return Load(median(times), times[int(len(times) * 0.99)], fresh, warm, median(server.memory()))


def report(
    measured: dict[Size, Measured], loads: dict[Size, Load], handed: Handed | None, kind: str
) -> list[str]:
    """Print every figure, then the bars that fell, which are returned."""
    fallen = [*report_pages(measured), *report_loads(loads)]
    if handed:
        floor = next(iter(measured.values()))["floor"].p50  # both wait where the machine is busy
        fallen += report_handed(handed, floor, LETTERS[kind])
    say("\nBars that fell:" if fallen else "\nEvery bar holds.", *fallen, sep="\n  ")
    return fallen


def report_pages(measured: dict[Size, Measured]) -> Iterator[str]:
    (first_size, first), *others = measured.items()
    bars = {one.name: one.most for one in (*VISITS, *STEPS)}
    say(f"floor: {first['floor'].cpu:.1f} ms of processor; growth of the multiple of the floor\n")
    head = f"{'':24}{'queries':>8}{'rows':>9}{'p50':>7}{'p95':>7}{'CPU':>7}{'KB':>5}{'× floor':>9}{'bar':>5}"
    say(head + "".join(f"{size.words:>17}{'KB':>5}" for size, _ in others))
    for name, one in first.items():
        most = bars.get(name)
        then = [(size, found[name], found[name].times / one.times) for size, found in others if name in found]
        line = f"{name:24}{one.queries:8}{one.rows:9}{one.p50:7.1f}{one.p95:7.1f}{one.cpu:7.1f}"
        line += f"{one.size // 1024:5}{one.times:9.1f}{most or '':>5}"
        say(line + "".join(f"{at.cpu:9.1f} ({growth:4.1f}×){at.size // 1024:5}" for _, at, growth in then))
        if most and one.times > most:
            yield f"{name}: {one.times:.1f} times the floor; its bar is {most}"
        visit = BY_NAME.get(name)
        for size, at, growth in then:
            if growth > may_grow(visit, size, first_size, at.size / max(one.size, 1)) and at.times > 1:
                yield f"{name}: {growth:.1f} times as dear with {size.words} bids"
            if visit and not grows(visit, size) and at.size > one.size * SAME:
                yield f"{name}: shows more with {size.words} bids; say why in visits.py"


def grows(visit: Visit, size: Size) -> bool:
    """Whether a page's content grows up to such a council."""
    return bool(visit.grows) or (bool(visit.live) and not size.live_only_once)


def may_grow(visit: Visit | None, size: Size, first: Size, longer: float) -> float:
    """How many times as dear a page, or a step, may be as with the bids of the first council: what grows
    with the bids no faster than they, or than the page, which is so many times as long."""
    return GROWTH * (max(size.bids / first.bids, longer) if visit and grows(visit, size) else 1)


def report_loads(loads: dict[Size, Load]) -> Iterator[str]:
    say(f"\n{'':20}{'p50':>8}{'p99':>8}{'p99 ÷ p50':>11}{'MB fresh':>10}{'warm':>8}{'after':>8}")
    for size, one in loads.items():
        spread, grown = one.p99 / one.p50, one.after / one.warm
        line = f"{size.words:20}{one.p50:8.1f}{one.p99:8.1f}{spread:11.1f}"
        say(line + f"{one.fresh / 1024:10.0f}{one.warm / 1024:8.0f}{one.after / 1024:8.0f}")
        if spread > SPREAD:
            yield f"{size.words}: p99 is {spread:.1f} times p50"
        if grown > MEMORY:
            yield f"{size.words}: a worker takes {grown:.2f} times what it took warm"


def report_handed(handed: Handed, floor: float, least: float) -> Iterator[str]:
    each = handed.letters * floor / 1000
    pack = "not made here" if handed.pack is None else f"{handed.pack:.0f} ms of processor; bar {PACK}"
    say(f"\npack of {ITEMS} bids as a PDF: {pack}")
    say(f"letters: {handed.letters:.0f} a second, {each:.2f} in the time of a floor; bar {least:.2f}")
    if handed.pack and handed.pack > PACK:
        yield f"the pack as a PDF: {handed.pack:.0f} ms of processor; its bar is {PACK}"
    if each < least:
        yield f"letters: {each:.2f} in the time of a floor; their bar is {least:.2f}"


if __name__ == "__main__":
    sys.exit(main())
