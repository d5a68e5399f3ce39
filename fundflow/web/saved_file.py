"""A file that somebody sent, given out to be saved: a browser never shows it as a page of ours."""

from typing import IO

from flask import Response, send_file

from fundflow.files.kinds import ABOUT
from fundflow.models.files import Attachment
from fundflow.models.survey import SurveyDocument


def saved_file(found: Attachment | SurveyDocument, content: IO[bytes]) -> Response:
    """The answer that gives out these bytes under the file's name."""
    media_type = ABOUT[found.kind].media_type
    response = send_file(
        content,
        media_type,
        as_attachment=True,
        download_name=found.name,
        conditional=False,
        etag=False,
    )
    response.content_length = found.size
    response.content_type = media_type  # in whatever characters its sender wrote it
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
