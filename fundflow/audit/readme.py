"""What an audit pack says of itself."""

from datetime import datetime

from fundflow.models.bid import Bid
from fundflow.workflow.date_words import moment_words

TEXT = """Audit pack of bid {reference}
{line}

Taken by {by} on {at}.
It holds personal data: keep it where few people read it, and delete it when the audit is over.

What is in it.

  versions/   The bid as it was sent, each time.
  papers/     What the panel was given.
  minutes/    What the minutes say of the bid and of the meetings.
  letters/    Every letter about the bid.
  files/      Every file, by the number of its record.
  history.csv, ledger.csv, views.csv
              What happened, the money, and who opened what.
  records/    Every record of the bid as it is stored, a JSON object a line.
              Interests are in `declaration`. Who could act for the fund is in `role_grant` and `seat`.
  chain/      The links of the bid's hash chain, and how they are made.
  seals/      The seals that hold the chain, a file each. The seal is the SHA-256 of the file.

To check it, run one of these.

  python3 -I verify.py
  python3 -I verify.py SEAL

The first checks that the pack fits together. The second checks that it is what was sealed then.
SEAL is the number in a letter to the auditors, in agreed minutes or in a payment run.
Take one of a day since the bid last changed.

MANIFEST alone proves records that are not of the chained kinds. chain/about.json names these kinds.
Roles, seats and payment runs are in the chains of the fund and the council.
`fundflow check --chain` checks those.
"""


def readme(bid: Bid, by: str, now: datetime) -> str:
    title = f"Audit pack of bid {bid.reference}"
    return TEXT.format(reference=bid.reference, line="=" * len(title), by=by, at=moment_words(now))
