"""The officer's other half: what schools offer and ask for, matching them, and the log of contacts."""
