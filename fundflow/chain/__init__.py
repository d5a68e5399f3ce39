"""The hash chains: what rows said when they were written, so that a change behind the service is seen.

One chain a bid, one a fund, and one of the council for what is of neither. Rows are linked as a transaction
ends (`linking`), with every lock it holds taken already: heads are locked last, in the order of their names.
"""

from fundflow.chain import linking  # noqa: F401 (listens to the session)
