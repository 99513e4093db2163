"""What the registered model says on Spark is what it says here, bit for bit."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from spark_session import skip_without_spark
from trained_company import AS_OF, ENVIRONMENT

# In a process of its own, because MLflow keeps its store open for as long as a process lasts.
SCORE = """
import json, pathlib, sys
import mlflow, numpy as np, pandas as pd
from renewcast import Project
from renewcast.tracking.spark_scoring import scored
from spark_session import local_spark

as_of, place, model = sys.argv[1], pathlib.Path(sys.argv[2]), "models:/demo-churn@champion"
mlflow.set_tracking_uri("sqlite:///" + str(pathlib.Path("mlflow.db").resolve()))
project = Project.load(".")
scores, snapshots = project.scores(as_of), project.snapshots(as_of)
on_list = (scores["status"] == "scored").to_numpy()
rows = project.features(as_of)[on_list].assign(gated=snapshots["gated"].to_numpy(dtype=bool)[on_list])
whole = mlflow.pyfunc.load_model(model).predict(rows)["probability"].to_numpy()
# Rows that say nothing, a category that was never seen, and a feature without a column.
nothing = rows.head(2).assign(**{name: None for name in rows if name not in ("account_id", "gated")})
rows = pd.concat([rows, nothing, rows.head(1).assign(industry="never seen")], ignore_index=True)
rows = rows.assign(number=range(len(rows))).drop(columns="region")
told = {"categories": int(rows["industry"].nunique()), "missing": int(rows.isna().sum().sum())}
rows["here"] = mlflow.pyfunc.load_model(model).predict(rows)["probability"].to_numpy()
rows.to_parquet(place / "rows.parquet", index=False)
with local_spark() as spark:
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "50")
    scored(spark.read.parquet(str(place / "rows.parquet")).repartition(2, "number"), model).write.parquet(str(place / "scored"))
    there = project.score_on_spark(as_of, session=spark, partitions=2).toArrow().to_pandas().set_index("account_id")
found = pd.read_parquet(place / "scored").set_index("number").sort_index()
told |= {"rows": len(rows), "found": len(found), "columns": sorted(set(found) ^ set(rows))}
answers = mlflow.pyfunc.load_model(model).predict(rows)
told["answers_same"] = all(
    answers[name].fillna("").tolist() == found[name].fillna("").tolist() for name in answers.columns
)
told["answers"] = list(answers.columns)
told["drivers"] = int(found["driver_1"].notna().sum())
told["same"] = int((found["probability"].to_numpy().view("int64") == rows["here"].to_numpy().view("int64")).sum())
told["on_list"] = int(on_list.sum())
found = there.loc[scores["account_id"][on_list], "probability"].to_numpy()
told |= {"whole": len(there), "same_whole": int((found.view("int64") == whole.view("int64")).sum())}
told["apart"] = float(np.abs(found - scores["churn_probability"][on_list].to_numpy()).max())
print("TOLD" + json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(trained_company, tmp_path_factory):
    skip_without_spark()
    places = os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCORE, AS_OF, str(tmp_path_factory.mktemp("scored"))],
        cwd=trained_company,
        env=os.environ | ENVIRONMENT | {"MLFLOW_DISABLE_TELEMETRY": "true", "PYTHONPATH": places},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.partition("TOLD")[2])


def test_every_row_is_scored_on_spark_as_here_bit_for_bit(told):
    assert told["found"] == told["rows"] == told["on_list"] + 3
    assert told["same"] == told["rows"]
    assert told["categories"] > 2 and told["missing"] > 100


def test_features_and_probabilities_made_on_spark_are_those_of_the_list(told):
    assert told["same_whole"] == told["whole"] == told["on_list"]
    # The list's own is the sum of what it is made of.
    assert told["apart"] < 1e-9


def test_the_columns_of_the_rows_stay_beside_the_answer(told):
    assert told["columns"] == sorted({*told["answers"], "number"})


def test_interval_and_reasons_are_those_of_here(told):
    assert told["answers"][:4] == ["probability", "low", "high", "driver_1"]
    assert told["answers_same"] and 20 < told["drivers"] < told["rows"]
