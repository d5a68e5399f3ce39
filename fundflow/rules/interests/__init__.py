"""Who has an interest in a bid: what bars, what is to be disclosed, and who was involved before."""
