"""Case studies of closed bids: drafted, agreed by the schools that they name, published."""
