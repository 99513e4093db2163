"""Scoring: the champion's probabilities for every account in scope, and the risk list made of them."""
