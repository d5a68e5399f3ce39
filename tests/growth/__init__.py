"""A thousand bids more, and more of everything in the bids there are: rows for tests of growth.

Rows go in by the thousand through core inserts, so that this takes a second or two.
"""

from tests.growth.archive import Archive
from tests.growth.beside import MoreBeside
from tests.growth.town import MoreTown
from tests.growth.within import MoreWithin


class Growth(Archive, MoreBeside, MoreTown, MoreWithin):
    """Rows for one fund, whose bids all have the same lead, provider, officer and meeting."""
