"""`fundflow mail test ADDRESS`: does the mail server take a letter?"""

from email.utils import make_msgid

import click
from flask import current_app
from flask.cli import AppGroup

from fundflow.letters.delivery import post_office
from fundflow.letters.post import PlainText, words_of


@click.group(cls=AppGroup)
def mail() -> None:
    """The mail server."""


@mail.command()
@click.argument("address")
def test(address: str) -> None:
    """Send a letter to ADDRESS at once, past the queue, and say what the mail server answers."""
    config = current_app.config
    smtp = f"{config['MAIL_SERVER']}:{config['MAIL_PORT']}"
    server = "GOV.UK Notify" if config.get("NOTIFY_KEY") else smtp
    letter = PlainText(
        f"{config['SERVICE']}: a test",
        recipients=[address],
        body=f"Letters of “{config['SERVICE']}”, {config['COUNCIL']}, reach this address.\n",
    )
    letter.msgId = make_msgid()
    try:
        with post_office() as post:
            post.send(letter)
    except Exception as error:  # the person who runs this reads any error
        raise click.ClickException(f"{server} did not take the letter. {words_of(error)}") from None
    click.echo(f"{server} took a letter to {address}. If it does not arrive, look in the junk folder.")
