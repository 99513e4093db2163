"""Score feature rows that lie in Spark with the registered model, where they lie."""


def scored(frame, model: str, *, with_reasons: bool = True):
    """Add the probability, its interval and the drivers behind it to a Spark DataFrame of feature rows.

    Parameters
    ----------
    frame : pyspark.sql.DataFrame
        Columns named as the features (doubles, or text for categories), and ``gated`` (boolean) where terms outlast the horizon.
        Other columns stay as they are. A feature that has no column counts as missing.
    model : str
        Where MLflow finds it, such as ``models:/demo-churn@champion``.
    with_reasons : bool
        False saves most of the time.

    Returns
    -------
    pyspark.sql.DataFrame
        ``frame`` with the columns of :func:`renewcast.tracking.serving.output_columns`. Nothing is computed yet, and nothing
        comes to the driver.

    Notes
    -----
    The model runs in Spark's own Python workers, in which renewcast must be installed in the version that trained it.
    """
    import mlflow
    from mlflow.models import get_model_info
    from pyspark.sql import functions as F

    from renewcast.tracking.serving import output_columns

    names = {"string": "string", "double": "double", "boolean": "boolean"}
    wanted = [(column.name, names[column.type.name]) for column in get_model_info(model).signature.inputs.inputs]
    present = set(frame.columns)
    columns = [(frame[f"`{name}`"] if name in present else F.lit(None)).cast(kind).alias(name) for name, kind in wanted]
    answers = output_columns(with_reasons)
    predict = mlflow.pyfunc.spark_udf(
        frame.sparkSession,
        model,
        result_type=", ".join(f"{name} {kind}" for name, kind in answers.items()),
        env_manager="local",
        params={"reasons": with_reasons},
    )
    # Held under one name, so that a row is scored once, however many fields are taken from its answer.
    held = frame.withColumn("__answer", predict(F.struct(*columns)))

    def answered(name, kind):
        value = held["__answer"][name]
        # MLflow makes the text "None" of an empty one; a driver that is there has points.
        points = held["__answer"][f"{name.removesuffix('_feature')}_points"] if kind == "string" else None
        return (value if points is None else F.when(points > 0, value)).alias(name)

    return held.select(*(held[f"`{name}`"] for name in frame.columns), *(answered(*one) for one in answers.items()))
