"""The fund's rules: what follows from the records. They answer with values and send nothing."""
