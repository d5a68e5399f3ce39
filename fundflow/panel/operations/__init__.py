"""What clerks, members and decision makers do; each operation ends in the one commit."""
