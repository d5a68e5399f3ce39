"""The demonstration's bids: who asks whom for what, when it began, and how far it has come."""

from fundflow.demo.stories_after_award import STORIES_AFTER_AWARD
from fundflow.demo.stories_before_award import STORIES_BEFORE_AWARD

STORIES = (*STORIES_AFTER_AWARD, *STORIES_BEFORE_AWARD)
