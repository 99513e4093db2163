"""Datasets: snapshots, labels and features put together."""

from renewcast.datasets.training_set import TrainingSet, build_training_set

__all__ = ["TrainingSet", "build_training_set"]
