"""The panel on an item: who sits, what they scored and voted, and who decides."""
