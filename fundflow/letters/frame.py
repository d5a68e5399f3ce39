"""What stands above and below every letter: the fund's own words, or the usual ones.

A name in double brackets stands for what each letter says there. Only the names below do; nothing else of the
words means anything, and what takes a name's place is never looked at again.
"""

import re
from collections.abc import Mapping

from fundflow.workflow.phrases import joined

OPENING, CLOSING = "Dear ((name))", "((service))\n((council))"
NAMES = {  # and what each stands for, on the page where they are written
    "name": "the person the letter is to",
    "fund": "the fund’s name",
    "service": "the service’s name",
    "council": "the council’s name",
}
IN_BRACKETS = re.compile(r"\(\(([^()]*)\)\)")


def framed(words: str, values: Mapping[str, str]) -> str:
    """The words with each name replaced; `values` has all of NAMES."""
    return IN_BRACKETS.sub(lambda found: values.get(found[1].strip(), found[0]), words).strip()


def why_not_framed(words: str) -> str | None:
    """Why these can't stand in letters, as a sentence without its full stop; None where they can."""
    unknown = [found for found in IN_BRACKETS.findall(words) if found.strip() not in NAMES]
    left = IN_BRACKETS.sub("", words)
    if unknown:
        return f"There is no name (({unknown[0]})). The names are {joined([f'(({name}))' for name in NAMES])}"
    if "((" in left or "))" in left:
        return "Close each name with two brackets, like ((name))"
    return None
