"""Where a list's next page begins, as it stands in the address."""

import re


def row_id(text: str | None) -> int | None:
    """The id of the last row of the page before; None, the first page, for anything that is none."""
    return int(text) if text and re.fullmatch(r"[1-9][0-9]{0,8}", text) else None
