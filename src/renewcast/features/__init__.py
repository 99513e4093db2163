"""Features: what was known of an account at a snapshot, in numbers. One definition serves training and scoring."""

from renewcast.features._spec import FeatureSpec

__all__ = ["FeatureSpec"]
