"""Segments, tiers and lifecycle stages: three answers to "what kind of account is this?"."""
