"""Where to go after signing in: only ever a page of this site."""

from urllib.parse import urlsplit

LONGEST = 500


def safe_path(wanted: str | None) -> str | None:
    """The path, if it is one of this site and nothing a browser could read as another's."""
    if not wanted or len(wanted) > LONGEST or not wanted.isprintable():
        return None
    if not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted:
        return None
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else wanted
