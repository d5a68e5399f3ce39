"""Whether an email address can be written to at all, as far as its spelling tells."""

from email_validator import EmailNotValidError, validate_email

APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ′＇`´", "'"))  # what phones and word processors make of '
FORMAT = "Enter an email address in the correct format, like name@example.com"
PLAIN = (
    "The part before the @ has a letter that mail can’t be sent to, such as one with an accent. Check the "
    "address"
)


def written(text: str) -> str:
    """An address as we keep it: in lower case, without spaces around it, its apostrophes straight."""
    return text.strip().translate(APOSTROPHES).lower()


def why_not_address(address: str) -> str | None:
    """Why no letter can ever reach this address, as a sentence without its full stop, or None."""
    local, at, _domain = address.rpartition("@")
    if at and local and not local.isascii():
        return PLAIN
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return FORMAT
    return None
