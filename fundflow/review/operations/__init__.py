"""The officer's verbs. Each ends with the commit; each raises Refused, Stale or AlreadyTaken."""
