"""Meetings: their call, calendar and pack of papers."""
