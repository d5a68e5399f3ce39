"""`make bench`: what each page costs with a thousand, ten thousand and a hundred thousand bids, as ratios."""
