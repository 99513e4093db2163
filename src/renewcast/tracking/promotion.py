"""Promotion: what a training leaves under models/<target>/, reviewable in a diff."""

import os
import shutil
from pathlib import Path

import yaml

from renewcast.filesystem import replace_file

ARTEFACT = "artefact"


def artefact_folder(directory: Path, target: str, digest: str) -> Path:
    """Return where an artefact lies, by its SHA-256: models/<target>/artefact/<first 16 digits>."""
    return directory / "models" / target / ARTEFACT / digest[:16]


def settle(staged: Path, folder: Path) -> Path:
    """Give a saved artefact the folder of its digest; the same content may be there already, or a damaged copy of it."""
    from renewcast.estimators import artefact

    if folder.exists() and artefact.sha256(folder) == artefact.sha256(staged):
        shutil.rmtree(staged)
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(staged, folder)
    return folder


def promote(directory: Path, target: str, record: dict, signature: dict, trained) -> None:
    """Write champion.yaml, signature.json and CARD.md, the record last: it vouches for the rest. Then drop older artefacts.

    Parameters
    ----------
    directory : pathlib.Path
        The project.
    target : str
    record : dict
        See tracking.champion.Champion.
    signature : dict
        The features that the model must be given.
    trained : evaluation.training.Trained
    """
    import json

    folder = directory / "models" / target
    replace_file(folder / "signature.json", (json.dumps(signature, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode())
    replace_file(folder / "CARD.md", card(target, record, trained).encode())
    replace_file(folder / "champion.yaml", yaml.safe_dump(record, sort_keys=False, allow_unicode=True).encode())
    live = artefact_folder(directory, target, record["sha256"])
    for old in (folder / ARTEFACT).iterdir():
        if old.is_file():
            old.unlink()
        elif old != live:
            shutil.rmtree(old)


def card(target: str, record: dict, trained) -> str:
    """Write the model card.

    Parameters
    ----------
    target : str
    record : dict
    trained : evaluation.training.Trained

    Returns
    -------
    str
        Markdown.
    """
    found = trained.evaluation
    names = {
        "blend": "the model (blend)",
        "logistic": "logistic regression",
        "health_score": "health score by rules",
        "base_rate": "base rate",
    }
    table = {"blend": found["metrics"], **found["baselines"]}
    columns = ("auc", "average_precision", "log_loss", "brier", "ece", "lift_at_10")
    lines = [
        f"# {target}: version {record['model_version']}",
        "",
        f"Trained as of {record['trained_as_of']} on {found['train']['rows']:,} snapshots of {found['train']['accounts']:,} "
        f"accounts ({found['train']['first_as_of']} to {found['train']['last_as_of']}), tested on "
        f"{found['test']['rows']:,} later ones ({found['test']['first_as_of']} to {found['test']['last_as_of']}), "
        f"{found['embargo_days']} days apart.",
        "",
        f"The list is ranked by **{names[trained.ranked_by]}**, the lowest log loss on the test."
        if trained.has_skill
        else f"**No skill**: the lowest log loss on the test, that of {names[found['winner']]}, does not beat the base "
        "rate by more than noise. Everybody carries the base rate.",
        "",
        "| on the test | " + " | ".join(column.replace("_", " ") for column in columns) + " |",
        "|---|" + "---|" * len(columns),
    ]
    for name, metrics in table.items():
        lines.append(
            f"| {names[name]} | " + " | ".join("" if metrics[c] is None else f"{metrics[c]:.4f}" for c in columns) + " |"
        )
    interval = found["skill"]["auc"]
    lines += [
        "",
        f"Base rate on the test {found['base_rate']:.4f}. 95 % interval of the winner's AUC by account bootstrap: "
        f"{interval['low']:.3f} to {interval['high']:.3f}.",
        "",
        "The shipped model is refitted on all labelled snapshots with the same rounds and the same calibration; the figures are "
        "those of the fit that had not seen the test.",
        "",
        f"Boosting rounds {found['rounds']}, calibration slope {found['slope']:.3f}, weights {found['weights']}.",
        f"Data fingerprint `{record['fingerprint']}`, run `{record['run_id']}`, artefact SHA-256 `{record['sha256']}`.",
        "",
        "Not for: single people, decisions about persons, or accounts outside the population it was trained on. The reasons are "
        "associations that the model uses, not causes.",
        "",
    ]
    return "\n".join(lines)
