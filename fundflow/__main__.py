"""`python -m fundflow` is the `fundflow` command."""

from fundflow.cli import main

main()
