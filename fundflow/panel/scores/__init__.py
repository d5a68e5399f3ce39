"""Scores: of members and of the panel, and the ranked list."""
