"""Attempts to look: what everybody learns of one bid by every way there is, as a table.

A bid is filled with words that stand nowhere else. Each row asks, as one person, for every page, list,
file, calendar, PDF and letter that can be made to point at it, and says which of those words they may
find: exactly those, so that a row fails when somebody learns more and also when they learn less.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.permissions import sees_papers, visible_to
from fundflow.web.access import now
from tests.factories import NOW, Make, funds, people
from tests.pdf import needs_pango
from tests.security.looking import (
    letters_to,
    paths_of,
    press_once,
    read,
    said_by,
    without_names,
    without_repeats,
)
from tests.security.town import (
    BID,
    INSIDE,
    LETTER,
    MINUTE,
    NOTES,
    REPORT,
    SCORES,
    TALK,
    VOTES,
    WORDS,
    Town,
)

SignIn = Callable[[User | None], FlaskClient]

# nothing  nothing at all       bid    the bid as its school sent it
# letter   + the decision as its letter has it    papers  + the report, and what was said at the table
# panel    + scores, votes and the decision       all     + the notes of staff
# money    the bid, what was offered and on what conditions     partner  the bid and what was offered
# sum      what is offered in all, which here is this bid alone
# desk     the bid's own pages with the total and the notes: who has no part in meetings
# Columns: while the panel sits / while the letter is held / once it went. While it is held, those with
# a * are sent every way there is; the others, and they at other times, the ways that lead to most.
TABLE = """
nobody *                                 nothing  nothing  nothing
head of another school                   nothing  nothing  nothing
board                                    nothing  nothing  sum
member of another panel                  nothing  nothing  nothing
clerk of another fund                    nothing  nothing  nothing
officer of another fund                  nothing  nothing  nothing
past member                              nothing  nothing  nothing
member to come                           nothing  nothing  nothing
member barred by own school              nothing  nothing  nothing
member barred by own trust               nothing  nothing  nothing
member barred by the register *          nothing  nothing  nothing
member barred by a tie to the trust      nothing  nothing  nothing
member barred as approver                nothing  nothing  nothing
member barred as contact                 nothing  nothing  nothing
member barred as partner's contact       nothing  nothing  nothing
member barred by declaring               nothing  nothing  nothing
substitute who is barred                 nothing  nothing  nothing
clerk who is barred *                    nothing  nothing  nothing
officer who is barred *                  nothing  nothing  nothing
deputy officer who is barred             nothing  nothing  nothing
authorised officer who is barred *       nothing  nothing  nothing
impact officer who is barred             nothing  nothing  nothing
reviewing manager who is barred          nothing  nothing  nothing
head of the lead *                       bid      bid      letter
team of the lead                         bid      bid      letter
head of the provider *                   bid      bid      partner
officer of the lead school *             bid      bid      letter
finance                                  nothing  money    money
member who has not scored *              papers   panel    panel
member who disclosed *                   papers   panel    panel
substitute                               papers   panel    panel
chair                                    panel    panel    panel
council's member                         panel    panel    panel
clerk                                    all      all      all
officer                                  all      all      all
authorised officer                       panel    panel    panel
impact officer                           desk     desk     desk
auditor                                  all      all      all
administrator *                          desk     desk     desk
"""
STAGES = ("sits", "held", "went")
MONEY = {name: LETTER[name] for name in ("offer", "condition", "owner")}
TOTAL = {"total": SCORES["total"]}
DECIDED = {**LETTER, **INSIDE, **TOTAL, **VOTES}
LEVELS: dict[str, dict[str, str]] = {
    "nothing": {},
    "bid": BID,
    "sum": {"offer": LETTER["offer"]},
    "partner": BID | {"offer": LETTER["offer"]},
    "money": BID | MONEY,
    "letter": BID | LETTER,
    "papers": BID | REPORT | TALK,
    "desk": BID | REPORT | TALK | NOTES | TOTAL,
    "panel": BID | REPORT | TALK | SCORES | VOTES,
    "all": BID | REPORT | TALK | SCORES | VOTES | NOTES,
}


def rows(stage: str) -> list[tuple[str, set[str]]]:
    """(who, the words they learn of) while things stand so."""
    found = []
    for line in TABLE.strip().splitlines():
        who, *levels = line[:40].strip(" *"), *line[40:].split()
        level = levels[STAGES.index(stage)]
        inside = DECIDED if stage != "sits" and level in ("desk", "panel", "all") else {}
        found.append((who, set(LEVELS[level] | inside)))
    return found


@pytest.fixture
def town(make: Make, time_machine: Any, monkeypatch: pytest.MonkeyPatch) -> Town:
    needs_pango()
    time_machine.move_to(NOW, tick=False)
    found = Town(make)
    found.vote()
    names = {user.name for user in found.people.values() if user}
    press_once(monkeypatch, partial(without_names, names))
    return found


def brought_to(town: Town, stage: str, time_machine: Any, *, fund: bool = True) -> None:
    for one in STAGES[: STAGES.index(stage) + 1]:
        brought_on(town, one, time_machine, fund=fund)


def brought_on(town: Town, stage: str, time_machine: Any, *, fund: bool = True) -> None:
    """From the stage before."""
    if stage == "held":
        town.decide(fund=fund)
        town.minute()
    if stage == "went":
        town.send()
    time_machine.move_to(NOW + 5 * MINUTE, tick=False)


def misled(client: FlaskClient, town: Town, who: str, expected: set[str], paths: list[str]) -> list[str]:
    """What this person learns and should not, or does not and should."""
    found = learned(client, town.people[who], paths)
    return [
        *(f"{who} learns the {name}: {found[name][:6]}" for name in sorted(found.keys() - expected)),
        *(f"{who} does not learn the {name}" for name in sorted(expected - found.keys())),
    ]


def learned(client: FlaskClient, user: User | None, paths: list[str]) -> dict[str, list[str]]:
    """Word → where it was found."""
    found = defaultdict(list)
    for path in without_repeats(client.application, user, paths):
        for name in _found_in(read(client, path), path):
            found[name].append(path)
    for name in _found_in(letters_to(user) if user else "", "letters"):
        found[name].append("letters")
    return dict(found)


def _found_in(said: str, path: str) -> list[str]:
    asked = path.partition("?")[2] + path.partition("/bids/")[2]
    return [
        name
        for name, word in WORDS.items()
        if word in said and word not in asked and not path.startswith(ELSEWHERE.get(name, "#"))
    ]


# Where a word is none of the bid: a school stands in lists of schools, beside a seat and in the register;
# what is reserved is one figure for the whole fund.
ELSEWHERE: dict[str, str | tuple[str, ...]] = {
    "school": (
        "/schools",
        "/money/payees",
        "/money/schools",
        "/panel",
        "/interests",
        "/me",
        "/brokering",
        "/support",
        "/bids/enter",
        "/bids/new",
    ),
    "offer": "/money",
}

# The ways that lead to most: lists, files, the bid's main pages, all of its meeting's, My work, letters.
MOST = re.compile(
    r"^/(work|me$|meetings|ranking|calendar|money|brokering/contacts|desk|register|letters|"
    r"bids([.?]|$)|bids/ZQ-0002(/(panel|history|money|notes|conditions|decision-letter|review|"
    r"application|impact|letters|decide|steps/approve|late-interests/\d+))?$)"
)


def few_of(paths: list[str], town: Town) -> list[str]:
    """Of those, one to each thing there is to see: for each route, with the secret item's own numbers."""
    meeting = f"/meetings/{town.meeting.id}"
    item = f"{meeting}/items/{town.item.id}"
    ours = {meeting, item, f"{item}/papers", f"{item}/scores"}
    ours |= {f"{meeting}/{part}" for part in ("minutes", "pack", "ranking")}
    return [path for path in paths if path in ours or FEW.match(path)]


FEW = re.compile(
    r"^/(work|meetings|calendar|money|desk/cover|register|brokering/contacts|letters|"
    r"bids([.]csv|[?]q=Zq-(title|need))?|"
    r"bids/ZQ-0002(/(panel|history|money|notes|conditions|decision-letter|review|application|letters))?)$"
)


@pytest.mark.slow
@pytest.mark.both_databases
def test_those_who_differ_most_learn_what_the_table_says(
    app: Flask, town: Town, sign_in: SignIn, time_machine: Any
) -> None:
    """Those with a *, while the letter is held, and before and after it where they then know something
    else; everybody by every way is asked below."""
    wrong: list[str] = []
    held = dict(rows("held"))
    for stage in STAGES:
        brought_on(town, stage, time_machine)
        few = few_of(paths_of(app, town), town)
        for who, expected in rows(stage):
            asked = stage == "held" or expected != held[who]
            if asked and f"\n{who} *" in TABLE:
                wrong += misled(sign_in(town.people[who]), town, who, expected, few)
    assert not wrong, "\n".join(wrong)


@pytest.mark.both_databases
def test_the_database_itself_shows_the_bid_to_those_alone_who_may_learn_of_it(
    town: Town, time_machine: Any
) -> None:
    for stage in STAGES:
        brought_on(town, stage, time_machine)
        for who, words in rows(stage):
            if user := town.people[who]:
                asked = [visible_to(user, now()), select(Bid).where(sees_papers(user, now()))]
                seen = [town.secret in db.session.scalars(query) for query in asked]
                assert seen == ["title" in words, "report" in words], f"{who} while it {stage}"


@pytest.mark.thorough
@pytest.mark.one_database
@pytest.mark.parametrize("stage", STAGES)
def test_by_every_way_there_is_everybody_learns_what_the_table_says(
    app: Flask, town: Town, sign_in: SignIn, time_machine: Any, stage: str
) -> None:
    brought_to(town, stage, time_machine)
    every, wrong = paths_of(app, town), []
    most = [path for path in every if MOST.match(path)]
    for who, expected in rows(stage):
        paths = every if stage == "held" and f"\n{who} *" in TABLE else most
        wrong += misled(sign_in(town.people[who]), town, who, expected, paths)
    assert not wrong, "\n".join(wrong)


# -- what can be told apart -------------------------------------------------------------------------

WAITING = (
    "head of the lead",
    "head of the provider",
    "officer of the lead school",
    "clerk who is barred",
    "member barred by own school",
)


@pytest.mark.one_database  # where ids begin anew after what was rolled back
@pytest.mark.parametrize("ways", ["few", pytest.param("every", marks=pytest.mark.thorough)])
def test_while_the_letter_is_held_nothing_tells_a_bid_that_is_funded_from_one_that_is_not(
    app: Flask, sign_in: SignIn, time_machine: Any, monkeypatch: pytest.MonkeyPatch, ways: str
) -> None:
    needs_pango()
    connection: Any = db.engines[None]

    def asked(town: Town) -> list[tuple[str, str]]:
        """(who, path): for the head every way, for the others those that lead to most."""
        every = [path for path in paths_of(app, town) if path.startswith(("/bids", "/work", "/schools/1"))]
        most = [path for path in every if MOST.match(path)]
        if ways == "few":
            every, most = most, few_of(most, town)
        return [(who, path) for who in WAITING for path in (every if who == WAITING[0] else most)]

    def answers(*, fund: bool) -> dict[tuple[str, str], Any]:
        db.session.remove()
        before = connection.begin_nested()
        numbers = count(1)
        for module in (funds, people):
            monkeypatch.setattr(module, "numbers", numbers)
        time_machine.move_to(NOW, tick=False)
        town = Town(Make(db.session))
        town.vote()
        brought_to(town, "held", time_machine, fund=fund)
        found = {(who, path): told(sign_in(town.people[who]), path) for who, path in asked(town)}
        db.session.remove()
        before.rollback()
        return found

    funded, refused = answers(fund=True), answers(fund=False)
    differ = [key for key, answer in funded.items() if answer != refused.get(key)]
    assert not differ, "\n".join(f"{key}: {apart(funded[key], refused.get(key))}" for key in differ)


def told(client: FlaskClient, path: str) -> tuple[int, str, str]:
    """All that an answer tells: its status, where it leads, what it says."""
    with client.get(path) as answer:
        said = re.sub(r'(nonce|csrf_token" value)="[^"]+"', "", said_by(answer))  # new in every answer
        return answer.status_code, answer.location or "", said


def apart(one: Any, other: Any) -> str:
    """Where two answers begin to differ."""
    ours, theirs = str(one), str(other)
    at = next((n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), 0)
    return f"{ours[max(0, at - 60) : at + 60]!r} and {theirs[max(0, at - 60) : at + 60]!r}"
