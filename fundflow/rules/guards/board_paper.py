"""What a board's paper waits for."""

from fundflow.models.board import BoardPaper
from fundflow.workflow.engine import Ask, guard


@guard
def paper_unfinished(paper: BoardPaper, _ask: Ask) -> str | None:
    if not paper.contact:
        return "Enter the contact officer first."
    if empty := paper.wanting:
        return f"Write the text under “{empty[0]}” first."
    return None


@guard
def exempt_part_unexplained(paper: BoardPaper, _ask: Ask) -> str | None:
    if paper.has_exempt_part and not (paper.exempt_paragraph and paper.public_interest):
        return "Give the exempt part’s paragraph of Schedule 12A and the public interest test first."
    return None


@guard
def corrected_already(paper: BoardPaper, _ask: Ask) -> str | None:
    return "A corrected report stands beside this one." if paper.corrected_by else None


@guard
def published_already(paper: BoardPaper, _ask: Ask) -> str | None:
    return "This report is published." if paper.published_at else None


@guard
def not_published(paper: BoardPaper, _ask: Ask) -> str | None:
    return None if paper.published_at else "This report is not published."
