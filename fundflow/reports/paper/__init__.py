"""The board's paper: figures frozen at a date under a committee's headings, in every format the same."""
