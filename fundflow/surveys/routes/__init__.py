"""The room’s pages."""

from fundflow.surveys.routes import answers, questions, summary, surveys  # noqa: F401 (each adds its own)
