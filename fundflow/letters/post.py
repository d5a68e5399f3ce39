"""The mail server, as Flask-Mail sees it, made fit for a worker that must never hang."""

import smtplib
import ssl
from contextlib import suppress
from email import policy
from email.charset import QP, Charset
from email.header import Header
from email.mime.text import MIMEText
from email.utils import formatdate
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_mail import BadHeaderError, Connection, Message, sanitize_address

from fundflow.letters.notify import NotifyDown, NotifyRefused

# Quoted-printable: a long paragraph would else be a line longer than mail servers take.
UTF_8 = Charset("utf-8")
UTF_8.body_encoding = QP
CRLF = policy.compat32.clone(linesep="\r\n")


class PlainText(Message):  # type: ignore[misc]  # an untyped library's class
    """A plain-text message whose long lines and subjects survive the journey.

    again: an attempt before this one may have handed it over

    The older of the standard library's two ways: the newer drops spaces where it folds a subject
    that is not ASCII (Python 3.11).
    """

    again = False

    def _message(self) -> MIMEText:
        made = MIMEText(self.body, "plain", UTF_8, policy=CRLF)  # type: ignore[arg-type]  # takes a Charset
        made["Subject"] = Header(self.subject, header_name="Subject")  # type: ignore[assignment]
        made["From"] = sanitize_address(self.sender)
        made["To"] = sanitize_address(self.recipients[0])
        if self.reply_to:
            made["Reply-To"] = sanitize_address(self.reply_to)
        made["Date"], made["Message-ID"] = formatdate(self.date), self.msgId
        for name, value in (self.extra_headers or {}).items():
            made[name] = value
        return made


class Post(Connection):  # type: ignore[misc]  # an untyped library's class
    """Flask-Mail's connection with a time limit, a checked certificate and a quiet goodbye."""

    def configure_host(self) -> smtplib.SMTP:
        config = current_app.config
        host = smtplib.SMTP(
            self.mail.server,
            self.mail.port,
            timeout=config["MAIL_TIMEOUT_SECONDS"],
            local_hostname=urlsplit(config["BASE_URL"]).hostname,  # else a slow look-up of our name
        )
        try:
            if self.mail.use_tls:
                host.starttls(context=ssl.create_default_context())
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
        except BaseException:
            host.close()
            raise
        return host

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _value: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self.host is not None:
            with suppress(smtplib.SMTPException, OSError):
                self.host.quit()
            self.host.close()

    @property
    def is_open(self) -> bool:
        """False once the server has gone; always True where sending is switched off."""
        return self.host is None or getattr(self.host, "sock", None) is not None

    def reopen(self) -> None:
        """Connect again after the server has gone; raises as connecting does."""
        if not self.is_open:
            self.host = self.configure_host()


def is_permanent(error: Exception) -> bool:
    """Whether trying again is pointless: the address or the letter itself was refused (5xx)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return 500 <= error.smtp_code < 600
    return isinstance(error, ValueError | BadHeaderError | smtplib.SMTPNotSupportedError)


def is_the_servers(error: Exception) -> bool:
    """Whether the mail server would refuse any letter: not the address, nor this letter, is at fault."""
    letters_own = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPNotSupportedError)
    return isinstance(error, OSError) and not isinstance(error, letters_own)  # SMTPException is an OSError


def words_of(error: Exception) -> str:
    """What an administrator reads about a failed attempt."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said: Any = next(iter(error.recipients.values()))
        return f"{said[0]} {_text(said[1])}"[:500]
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"[:500]
    if isinstance(error, NotifyDown | NotifyRefused):
        return str(error)
    return f"{type(error).__name__}: {error}"[:500]


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
