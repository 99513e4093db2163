"""The models: a blend of trees and logistic regression, and the plain baselines that always stand beside it."""

__all__ = ["ChurnClassifier", "HazardModel"]


def __getattr__(name: str):
    """Load the scikit-learn classes on first use, so that importing the package stays fast."""
    if name == "ChurnClassifier":
        from renewcast.estimators.classifier import ChurnClassifier

        return ChurnClassifier
    if name == "HazardModel":
        from renewcast.estimators.hazard_model import HazardModel

        return HazardModel
    raise AttributeError(f"module 'renewcast.estimators' has no attribute {name!r}")
