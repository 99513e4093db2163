"""The code that MLflow stores beside the artefact and runs when someone serves it."""

import mlflow
import pandas as pd
from mlflow.pyfunc import PythonModel


class RenewcastModel(PythonModel):
    """Predict the probability of the target from a frame of features."""

    def load_context(self, context):
        """Verify and load the artefact."""
        from pathlib import Path

        from renewcast.estimators import artefact

        self._scorer = artefact.load(Path(context.artifacts["artefact"]))

    def predict(self, context, model_input: pd.DataFrame, params=None) -> pd.DataFrame:
        """Return a frame with the column probability, one row an input row."""
        import numpy as np

        frame = model_input.copy()
        gated = frame.pop("gated").fillna(False).to_numpy(dtype=bool) if "gated" in frame else np.zeros(len(frame), dtype=bool)
        for spec in self._scorer.specs:
            if spec.name not in frame:
                frame[spec.name] = None
            wanted = frame[spec.name].astype(object).where(frame[spec.name].notna(), None)
            frame[spec.name] = wanted if spec.is_categorical else pd.to_numeric(frame[spec.name]).astype("float64")
        return pd.DataFrame({"probability": self._scorer.predict(frame, gated)})


mlflow.models.set_model(RenewcastModel())
