"""`make quality` on made-up data: one line of JSON with every figure promised, and a word on each set that is absent."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
SETS = {"online_retail_II", "fightchurn_crm6", "miaadnbz_saas", "ravenstack", "ibm_telco", "pysurvival_saas"}
PROMISED = {"auc", "log_loss", "seconds", "logistic_auc", "logistic_log_loss", "constant_log_loss"}


def quality(data, *sets):
    return subprocess.run(
        [sys.executable, "benchmarks/quality.py", *sets],
        cwd=ROOT,
        env=os.environ | {"RENEWCAST_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )


def made_up_telco(folder, rows=500):
    generator = np.random.default_rng(0)
    tenure, contract = generator.integers(0, 72, rows), generator.choice(["Month-to-month", "Two year"], rows)
    z = 1.0 - 0.05 * tenure - 1.5 * (contract == "Two year")
    churn = np.where(generator.random(rows) < 1 / (1 + np.exp(-z)), "Yes", "No")
    total = [" " if months == 0 else f"{months * 20.5:.2f}" for months in tenure]
    names = [f"C{row}" for row in range(rows)]
    frame = pd.DataFrame({"customerID": names, "tenure": tenure, "Contract": contract, "TotalCharges": total, "Churn": churn})
    folder.mkdir()
    frame.to_csv(folder / "Telco-Customer-Churn.csv", index=False)


def test_a_set_is_judged_and_the_absent_ones_are_named(tmp_path):
    made_up_telco(tmp_path / "ibm_telco")
    done = quality(tmp_path)
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    told = json.loads(line)
    assert set(told) == {"ibm_telco"} and set(told["ibm_telco"]) == PROMISED
    found = told["ibm_telco"]
    assert 0.7 < found["auc"] < 0.9 and found["log_loss"] < 0.95 * found["constant_log_loss"]
    assert all(f"{name}: SKIPPED" in done.stderr for name in SETS - {"ibm_telco"})
