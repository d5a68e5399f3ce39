"""What an audit pack says of itself."""

from datetime import datetime

from fundflow.models.bid import Bid
from fundflow.workflow.date_words import moment_words

TEXT = """Audit pack of bid {reference}
{line}

Taken by {by} on {at}.
It holds personal data: keep it where few people read it, and delete it when the audit is over.

What is in it

  versions/   the bid as it was sent, each time
  papers/     what the panel was given
  minutes/    what the minutes say of the bid and of the meetings
  letters/    every letter about the bid
  files/      every file, by the number of its record
  history.csv, ledger.csv, views.csv
              what happened, the money, and who opened what
  records/    every record of the bid as it is stored, a JSON object a line. Among them:
              decision, vote, declaration (interests), named_person, score_sheet, agreed_score, claim,
              role_grant and seat (who could act for the fund), panel_rules, payment_run
  chain/      the links of the bid's hash chain, and how they are made
  seals/      the seals that hold the chain, a file each: the seal is the SHA-256 of the file

To check it

  python3 -I verify.py
  python3 -I verify.py SEAL

SEAL is the number in a letter to the auditors, in agreed minutes or in a payment run, of a day since the
bid last changed. The first line checks that the pack
fits together; the second, that it is what was sealed then.

Records that are not of the chained kinds (chain/about.json names these) are proved by MANIFEST alone.
Roles, seats and payment runs are in the chains of the fund and the council: `fundflow check --chain` checks
those.
"""


def readme(bid: Bid, by: str, now: datetime) -> str:
    title = f"Audit pack of bid {bid.reference}"
    return TEXT.format(reference=bid.reference, line="=" * len(title), by=by, at=moment_words(now))
