"""What people do with advisers, allocations and visits; each ends in a commit."""
