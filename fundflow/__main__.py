"""`fundflow` and `python -m fundflow` are this command."""

from fundflow import build
from fundflow.cli import group


def main() -> None:
    """Entry point of the `fundflow` command."""
    group(build)()


if __name__ == "__main__":
    main()
