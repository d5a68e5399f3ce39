"""Interests in a bid: what people declare and register, whom bids name, and what is found late.

Barred (own school, own trust, or declared so: `rules.interests.bars`) means no papers and no part.
Disclosed means that a person brokered the bid or works with its schools: they go on, openly.
"""

from fundflow.interests.declarations import declaration_of, disclose, keep

__all__ = ["declaration_of", "disclose", "keep"]
