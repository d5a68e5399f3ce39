"""Answers are compressed where their length gives nothing away.

Compressed, an answer is the shorter the more of it stands there twice. Anyone who sees lengths on the way
and makes a browser ask again and again with words of their choice, can so find a secret letter by letter. The
attack is called BREACH. It needs both in one answer: words that the request brought, and a secret.

So an answer is left as it is where the address has a query string, which pages repeat, or a key of its
own, and where it holds the token of a form. As “Sign out” is a form, no page of somebody who is signed
in is compressed, but for those to print. Pages for everybody that have no form are, and whole lists as
CSV. These repeat nothing that the request brought: the rest of an address names records that are there.
"""

from flask import Flask, Response, g, request

from fundflow.extensions import compress

KEYS = {"token", "key"}  # arguments of addresses that are as good as their holder
SETTINGS = {
    "COMPRESS_REGISTER": False,  # else every answer is
    "COMPRESS_MIMETYPES": ["text/html", "text/csv"],
    "COMPRESS_ALGORITHM": ["br", "gzip"],
    "COMPRESS_ALGORITHM_STREAMING": ["br", "gzip"],
}


def prepare(app: Flask) -> None:
    app.config.from_mapping(SETTINGS)
    compress.init_app(app)

    @app.after_request
    def pack(response: Response) -> Response:
        return compress.after_request(response) if _gives_nothing_away(response) else response


def _gives_nothing_away(response: Response) -> bool:
    return (
        request.method in ("GET", "HEAD")
        and response.status_code == 200
        and not request.query_string
        and not KEYS & (request.view_args or {}).keys()
        and "csrf_token" not in g
    )
