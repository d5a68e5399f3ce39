"""What is done to a fund. Amounts are pence; each act is noted in the fund's log of changes.

`user` is None for the command line of the machine itself, which needs no permission.
"""
