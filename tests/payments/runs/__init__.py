"""Payment runs, their files and answers, and reversals."""
