"""Decisions and the conditions of an award."""
