"""The model for everyone else: a pyfunc flavour, so that `mlflow models predict` and `spark_udf` work on it.

The registry stores the code below as text (models from code) and the artefact's own files; nothing is pickled.
"""

import warnings
from pathlib import Path


def log_model(mlflow, trained, artefact: Path, training_set):
    """Log the pyfunc with its signature and an input example's schema.

    Parameters
    ----------
    mlflow : module
    trained : Trained
    artefact : pathlib.Path
    training_set : TrainingSet

    Returns
    -------
    mlflow.models.model.ModelInfo
    """
    import importlib.metadata

    from renewcast.estimators.artefact import sha256
    from renewcast.tracking.serving import signature

    # Given requirements keep MLflow from guessing them, which takes a minute and a subprocess.
    needed = [
        f"{name}=={importlib.metadata.version(name)}" for name in ("lightgbm", "numpy", "pandas", "renewcast", "scikit-learn")
    ]
    code = str(Path(__file__).with_name("pyfunc_model.py"))
    with warnings.catch_warnings():
        # MLflow would like type hints and an example; the signature above says the same, exactly.
        warnings.simplefilter("ignore", UserWarning)
        return mlflow.pyfunc.log_model(
            name="model",
            python_model=code,
            artifacts={"artefact": str(artefact)},
            signature=signature(trained.specs),
            model_config={"sha256": sha256(artefact)},
            pip_requirements=needed,
        )
