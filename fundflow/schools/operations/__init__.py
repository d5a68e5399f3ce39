"""The verbs of the schools' pages. Each ends with the commit; each raises Refused, Stale or AlreadyTaken."""
