"""What customers are worth against what they cost to win, by segment and by channel."""
