"""What the registered model is given and what it answers: columns and their types, in MLflow's words and in Spark's."""

REASONS = 3
NUMBERS = ("probability", "low", "high")


def output_columns(with_reasons: bool = True) -> dict[str, str]:
    """Name the columns of an answer with their types, "double" or "string".

    Examples
    --------
    >>> output_columns(with_reasons=False)
    {'probability': 'double', 'low': 'double', 'high': 'double'}
    """
    columns = dict.fromkeys(NUMBERS, "double")
    for place in range(1, REASONS + 1) if with_reasons else ():
        columns |= {f"driver_{place}": "string", f"driver_{place}_feature": "string", f"driver_{place}_points": "double"}
    return columns


def signature(specs):
    """Return MLflow's signature: every feature is optional, ``gated`` too; the parameter ``reasons`` is on.

    Parameters
    ----------
    specs : iterable of InputSpec

    Returns
    -------
    mlflow.models.ModelSignature
    """
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema

    inputs = [ColSpec(DataType.string if spec.is_categorical else DataType.double, spec.name, required=False) for spec in specs]
    inputs.append(ColSpec(DataType.boolean, "gated", required=False))
    outputs = [ColSpec(DataType[kind], name, required=name in NUMBERS) for name, kind in output_columns().items()]
    params = ParamSchema([ParamSpec("reasons", DataType.boolean, default=True)])
    return ModelSignature(inputs=Schema(inputs), outputs=Schema(outputs), params=params)


def answer(scorer, model_input, with_reasons: bool = True):
    """Score a frame of features.

    Parameters
    ----------
    scorer : estimators.scorer.Scorer
    model_input : pandas.DataFrame
        Columns by name; a feature that has no column counts as missing, ``gated`` as False.
    with_reasons : bool
        False saves most of the time.

    Returns
    -------
    pandas.DataFrame
        The columns of :func:`output_columns`; the probability is the same with and without reasons.
    """
    import numpy as np
    import pandas as pd

    from renewcast.explanation.attribution import attribute
    from renewcast.explanation.top_drivers import top_drivers

    gated = np.zeros(len(model_input), dtype=bool)
    if "gated" in model_input:
        gated = model_input["gated"].astype(object).fillna(False).to_numpy(dtype=bool)
    columns = {}
    for spec in scorer.specs:
        given = model_input[spec.name] if spec.name in model_input else pd.Series(None, index=model_input.index, dtype=object)
        as_text = given.astype(object).where(given.notna(), None)
        columns[spec.name] = as_text if spec.is_categorical else pd.to_numeric(given).astype("float64")
    frame = pd.DataFrame(columns, index=model_input.index)
    probability = scorer.predict(frame, gated)
    low, high = scorer.interval(frame, gated)
    found = pd.DataFrame({"probability": probability, "low": low, "high": high}, index=model_input.index)
    if not with_reasons:
        return found
    drivers = top_drivers(attribute(scorer, frame, gated), scorer.specs, REASONS)
    # Who is not there adds nothing; JSON knows no NaN.
    points = [name for name in drivers if name.endswith("_points")]
    return found.join(drivers.fillna(dict.fromkeys(points, 0.0)))
