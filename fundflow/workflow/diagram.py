"""Tables → Mermaid, for README."""

from fundflow.workflow.application import APPLICATION, STAGE_OF, BidState, Stage
from fundflow.workflow.engine import Workflow


def mermaid(workflow: Workflow = APPLICATION) -> str:
    """The process as a Mermaid state diagram, grouped by stage where the states have stages."""
    lines = ["stateDiagram-v2", f"    [*] --> {workflow.initial.value}"]
    if workflow is APPLICATION:
        lines += [line for stage in Stage for line in _stage(stage)]
    for step in workflow.steps:
        lines += [f"    {source.value} --> {step.target.value}: {step.name}" for source in step.sources]
    ends = [state for state in workflow.states if not any(workflow.from_state(state))]
    return "\n".join(lines + [f"    {state.value} --> [*]" for state in ends]) + "\n"


def _stage(stage: Stage) -> list[str]:
    members = [state.value for state in BidState if STAGE_OF[state] is stage]
    return [
        f'    state "{stage.value}" as {stage.name.lower()} {{',
        *(f"        {name}" for name in members),
        "    }",
    ]
