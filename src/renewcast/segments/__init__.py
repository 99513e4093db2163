"""Segments and tiers: what an account does, and what the company decided that it is worth."""
