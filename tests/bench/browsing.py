"""A browser for the bench: it signs in on the demonstration's page, opens pages and sends forms."""

import http.client
import re
import time
from html import unescape
from http.cookies import SimpleCookie
from typing import NamedTuple
from urllib.parse import urlencode

INPUT = re.compile(r"<input[^>]*>")
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


class Answer(NamedTuple):
    """Milliseconds for the browser (ms), in the worker (service) and of its processor (cpu); queries and
    rows where they were counted."""

    status: int
    body: str
    ms: float
    service: float
    cpu: float
    size: int
    queries: int = 0
    rows: int = 0


class Browser:
    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def send(self, path: str, changes: dict[str, str], *, form: str | None = None) -> Answer:
        """Fill in and send the form of a page (`form`, else `path`)."""
        page = self.get(form or path)
        given = dict(self._inputs(page.body)) | changes
        return self._ask("POST", path, urlencode(given))

    def sign_in(self, name: str) -> None:
        """Raises ValueError where the demonstration has nobody of this name."""
        page = self.get("/demo").body
        found = re.search(
            rf'name="user" value="(\d+)"(?:(?!name="user").)*?as {re.escape(name)}\s*<', page, re.S
        )
        if found is None:
            raise ValueError(name)
        self.send("/demo/sign-in", {"user": found[1]}, form="/demo")

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"http://127.0.0.1:{self.port}/",
            }
        start = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        content = response.read()
        spent = (time.perf_counter() - start) * 1000
        connection.close()
        for line in response.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: cookie.value for name, cookie in SimpleCookie(line).items()}
        told = [response.headers.get(name) or 0 for name in ("X-Service", "X-CPU", "X-Queries", "X-Rows")]
        service, cpu, queries, rows = float(told[0]), float(told[1]), int(told[2]), int(told[3])
        text = content.decode(errors="replace")  # a PDF is none
        return Answer(response.status, text, spent, service, cpu, len(content), queries, rows)

    @staticmethod
    def _inputs(page: str) -> list[tuple[str, str]]:
        found = [dict(ATTRIBUTE.findall(tag)) for tag in INPUT.findall(page)]
        return [
            (one["name"], unescape(one.get("value", "")))
            for one in found
            if one.get("type") == "hidden" and "name" in one
        ]
