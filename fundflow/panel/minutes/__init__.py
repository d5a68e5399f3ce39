"""Minutes: drafted, edited, read by those who took part, agreed."""
