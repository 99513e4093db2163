"""How well an honest column can tell an outcome. What tells it better is suspected of knowing it."""

BEST_HONEST_AUC = {"near": 0.98, "far": 0.93}
"""Inside the outcome window that follows; half a year or more before the outcome."""
BEST_HONEST_MISSING_AUC = {"near": 0.95, "far": 0.90}
"""The same for a column of which only the emptiness is read."""
FEWEST = 12
"""With fewer accounts of an outcome, nothing is proved."""
