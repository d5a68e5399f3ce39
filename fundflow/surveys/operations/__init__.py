"""What is done with surveys: kept by officers, answered by schools."""
