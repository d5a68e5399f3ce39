"""The room’s pages."""

from fundflow.surveys.routes import answers, documents, questions, summary, surveys  # noqa: F401 (each adds its own)
