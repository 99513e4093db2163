"""How good a model is, with what certainty, and whether it is any better than a plain baseline."""
