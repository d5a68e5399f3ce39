"""The diagram in README is drawn from the table."""

from pathlib import Path

import pytest

from fundflow.cli import marker
from fundflow.workflow.application import APPLICATION
from fundflow.workflow.diagram import mermaid
from fundflow.workflow.engine import Workflow
from fundflow.workflow.processes import PROCESSES

README = Path(__file__).parents[2] / "README.md"

MEETING = """stateDiagram-v2
    [*] --> planned
    planned --> papers_issued: issue_papers
    papers_issued --> in_session: open_session
    in_session --> closed: close_session
    planned --> cancelled: cancel
    papers_issued --> cancelled: cancel
    closed --> [*]
    cancelled --> [*]
"""


def test_a_small_process_is_drawn_as_it_always_was() -> None:
    assert mermaid(PROCESSES["meeting"]) == MEETING


@pytest.mark.parametrize("workflow", PROCESSES.values(), ids=PROCESSES)
def test_every_row_is_an_arrow_and_every_arrow_a_row(workflow: Workflow) -> None:
    lines = mermaid(workflow).splitlines()
    arrows = [line.strip() for line in lines if "-->" in line and "[*]" not in line]
    rows = [
        f"{source.value} --> {step.target.value}: {step.name}"
        for step in workflow.steps
        for source in step.sources
    ]
    assert arrows == rows


def test_the_diagram_of_a_bid_groups_its_states_by_stage() -> None:
    lines = mermaid().splitlines()
    at = lines.index('    state "Impact monitoring" as impact {')
    assert lines[at + 1 : at + 4] == ["        in_monitoring", "        closed", "    }"]
    assert mermaid() == mermaid(APPLICATION)


@pytest.mark.parametrize("name", ["application", "meeting", "minutes", "condition"])
def test_the_readme_carries_the_diagram_of_the_table(name: str) -> None:
    mark = marker(name)
    drawn = README.read_text().split(f"<!-- {mark} -->\n")[1].split(f"<!-- /{mark} -->")[0]
    expected = f"```mermaid\n{mermaid(PROCESSES[name])}```\n"
    assert drawn == expected, "Run: fundflow workflow diagram --readme"
