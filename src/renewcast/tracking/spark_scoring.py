"""Score feature rows that lie in Spark with the registered model, where they lie."""


def scored(frame, model: str):
    """Add the probability to a Spark DataFrame of feature rows.

    Parameters
    ----------
    frame : pyspark.sql.DataFrame
        Columns named as the features (doubles, or text for categories), and ``gated`` (boolean) where terms outlast the horizon.
        Other columns stay as they are. A feature that has no column counts as missing.
    model : str
        Where MLflow finds it, such as ``models:/demo-churn@champion``.

    Returns
    -------
    pyspark.sql.DataFrame
        ``frame`` with ``probability``. Nothing is computed yet, and nothing comes to the driver.

    Notes
    -----
    The model runs in Spark's own Python workers, in which renewcast must be installed in the version that trained it.
    """
    import mlflow
    from mlflow.models import get_model_info
    from pyspark.sql import functions as F

    names = {"string": "string", "double": "double", "boolean": "boolean"}
    wanted = [(column.name, names[column.type.name]) for column in get_model_info(model).signature.inputs.inputs]
    present = set(frame.columns)
    columns = [(frame[f"`{name}`"] if name in present else F.lit(None)).cast(kind).alias(name) for name, kind in wanted]
    predict = mlflow.pyfunc.spark_udf(frame.sparkSession, model, result_type="double", env_manager="local")
    return frame.withColumn("probability", predict(F.struct(*columns)))
