"""Papers of models that tests promote without a project: the record says what it must, the card names the artefact."""

from renewcast.tracking.papers import Papers

PASSES = {"id": "RC201", "title": "uncalibrated overall", "severity": "stop", "outcome": "passed", "said": "", "measured": 1.0,
          "bound": 1.35, "remedy": "Train again."}  # fmt: skip
STOPS = PASSES | {"outcome": "failed", "said": "the odds are off by a factor of 2.10"}


def papers_of(trained, digest: str, label, *, version: str = "3", checks=(PASSES,), target: str = "churn") -> Papers:
    """Papers for a trained model whose artefact has this SHA-256."""
    found = trained.evaluation
    record = {
        "target": target, "model_name": f"demo-{target}", "model_version": version, "run_id": "run", "fingerprint": "f",
        "trained_as_of": "2026-06-29", "sha256": digest,
        "label": label.model_dump(mode="json"), "ranked_by": trained.ranked_by, "has_skill": trained.has_skill,
        "base_rate": found["base_rate"], "metrics": found["metrics"], "baselines": found["baselines"], "skill": found["skill"],
    }  # fmt: skip
    return Papers(record, f"# {target}: version {version}\n\n{digest}\n", {"features": []}, [dict(one) for one in checks])
