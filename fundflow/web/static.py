"""Our scripts, styles and drawings, which a browser keeps for good: their address changes with their content.

One version of the whole folder stands in the address, `/static/<version>/built/fundflow.css`. So scripts
that import each other by relative addresses get those of the same version. The files are served as the
build packed them (assets/build.mjs).

Another version is that of a release before or after, on another server or while servers change. What is
here now is served instead, and asked for again the next time.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

from fundflow.web.headers import FOR_GOOD, headers_of_files

ROUTE = "/static/<version>"


def prepare(app: Flask) -> None:
    """After whatever else stands before the application: files need none of it."""

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["version"] = version_of(str(app.static_folder))

    @app.url_value_preprocessor
    def drop_version(endpoint: str | None, values: dict[str, Any] | None) -> None:
        if endpoint == "static" and values is not None:
            del values["version"]

    def add_headers(headers: Headers, _path: str, _url: str) -> None:
        headers["Cache-Control"] = FOR_GOOD
        headers["X-Route"] = f"{ROUTE}/<path:filename>"
        for name, value in headers_of_files(app).items():
            headers[name] = value

    files = WhiteNoise(app.wsgi_app, add_headers_function=add_headers, allow_all_origins=False)
    files.add_files(app.static_folder, prefix=folder_address(app))
    app.wsgi_app = files  # type: ignore[method-assign]


def folder_address(app: Flask) -> str:
    """Where the files of this version are: `/static/3f2a9c0d51b7/`."""
    return f"/static/{version_of(str(app.static_folder))}/"


@cache
def version_of(folder: str) -> str:
    """Twelve digits that differ where a name or the content of a file does; read once a process."""
    digest = sha256()
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
