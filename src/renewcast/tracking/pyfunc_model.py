"""The code that MLflow stores beside the artefact and runs when someone serves it."""

import mlflow
import pandas as pd
from mlflow.pyfunc import PythonModel


class RenewcastModel(PythonModel):
    """Predict the probability of the target from a frame of features, with its interval and the drivers behind it."""

    def load_context(self, context):
        """Verify and load the artefact."""
        from pathlib import Path

        from renewcast.estimators import artefact

        expected = (context.model_config or {}).get("sha256")
        self._scorer = artefact.load(Path(context.artifacts["artefact"]), expected_sha256=expected)

    def predict(self, context, model_input: pd.DataFrame, params=None) -> pd.DataFrame:
        """Return probability, low, high and, unless ``params={"reasons": False}``, three drivers, one row an input row."""
        from renewcast.tracking.serving import answer

        return answer(self._scorer, model_input, with_reasons=bool((params or {}).get("reasons", True)))


mlflow.models.set_model(RenewcastModel())
