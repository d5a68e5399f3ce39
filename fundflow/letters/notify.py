"""GOV.UK Notify instead of a mail server, where FUNDFLOW_NOTIFY_KEY is set (docs/notify.md).

Letters go through one template of the council's own, which holds ((subject)) and ((body)). Notify takes the
same reference twice, so before another attempt we ask it whether it has the letter already: an answer that
was lost doubles nothing.
"""

import logging
from types import TracebackType
from typing import Any

from flask import current_app

logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)  # we log what it answers

ADDRESSEE = ("email_address", "team-only", "trial mode")  # in answers about this letter's addressee alone


class NotifyDown(OSError):
    """Notify can't be reached, is busy, or takes no letter at all: its key or template is wrong."""


class NotifyRefused(ValueError):
    """Notify does not take a letter to this address."""


class NotifyPost:
    """The same as `Post`, for `deliver`: a letter is handed over, or an error says whether to try again."""

    def __enter__(self) -> "NotifyPost":
        from notifications_python_client.notifications import NotificationsAPIClient

        config = current_app.config
        key, url = config["NOTIFY_KEY"], config["NOTIFY_URL"]
        self.client = NotificationsAPIClient(key, url, timeout=config["MAIL_TIMEOUT_SECONDS"])
        self.down: NotifyDown | None = None
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _value: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.client.request_session.close()

    def send(self, message: Any) -> None:
        """Hand over a letter, unless an attempt before did. Raises NotifyRefused or NotifyDown."""
        from notifications_python_client.errors import APIError

        reference = message.msgId.strip("<>")
        try:
            if message.again and self._has(reference):
                return
            self.client.send_email_notification(
                email_address=message.recipients[0],
                template_id=current_app.config["NOTIFY_TEMPLATE"],
                personalisation={"subject": message.subject, "body": message.body},
                reference=reference,
                email_reply_to_id=current_app.config["NOTIFY_REPLY_TO"],
            )
        except APIError as error:
            raise self._meaning(error) from None  # the cause holds the address

    def reopen(self) -> None:
        """Raises NotifyDown once it was: the rest of a batch need not try."""
        if self.down is not None:
            raise self.down

    def _has(self, reference: str) -> bool:
        found = self.client.get_all_notifications(template_type="email", reference=reference)
        return bool(found["notifications"])

    def _meaning(self, error: Any) -> Exception:
        said = error.message
        words = (
            "; ".join(str(one.get("message", "")) for one in said) if isinstance(said, list) else str(said)
        )
        words = f"Notify: {error.status_code} {words}"[:500]
        if error.status_code == 400 and any(word in words for word in ADDRESSEE):
            return NotifyRefused(words)
        self.down = NotifyDown(words)
        return self.down
