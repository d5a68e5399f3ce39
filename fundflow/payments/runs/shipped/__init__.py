"""The layouts that come with the service, a document each. A fund's finance may copy and change them."""

from functools import lru_cache
from pathlib import Path

SHIPPED = ("plain_csv", "journal", "gl07")


@lru_cache
def shipped(slug: str) -> str:
    """The document of a layout that comes with the service."""
    return (Path(__file__).parent / f"{slug}.json").read_text(encoding="utf-8")
