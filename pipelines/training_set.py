"""Build the training set of a target and keep it as Parquet, to look at it."""


def run(project, as_of=None, target=None) -> dict:
    """Write data/work/training_set_<target>.parquet."""
    training_set = project.training_set(target, as_of)
    path = project.keep(training_set.frame, f"training_set_{training_set.target}")
    positives = int(training_set.frame["label"].sum())
    return {
        "target": training_set.target,
        "path": str(path),
        "features": len(training_set.specs),
        "positives": positives,
        **training_set.counts,
    }
