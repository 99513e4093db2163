"""The models: a blend of trees and logistic regression, and the plain baselines that always stand beside it."""

__all__ = ["ChurnClassifier"]


def __getattr__(name: str):
    """Load the scikit-learn classes on first use, so that importing the package stays fast."""
    if name == "ChurnClassifier":
        from renewcast.estimators.classifier import ChurnClassifier

        return ChurnClassifier
    raise AttributeError(f"module 'renewcast.estimators' has no attribute {name!r}")
