"""A small Spark of the tests' own: two threads on this machine, no page, no network, scratch in a temporary folder."""

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest


def _lacks() -> str | None:
    try:
        import pyspark  # noqa: F401
    except ImportError:
        return "PySpark is not installed"
    return None if shutil.which("java") else "Java is not installed"


def skip_without_spark() -> None:
    """Skip a test where Spark cannot run, and fail it in CI, where it must."""
    lacks = _lacks()
    if lacks is not None:
        sentence = f"{lacks}, so Spark was NOT tested"
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)


@contextlib.contextmanager
def local_spark():
    """Start a session and yield it; there is at most one in a process."""
    skip_without_spark()
    from pyspark.sql import SparkSession

    scratch = Path(tempfile.mkdtemp(prefix="renewcast-spark-"))
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.default.parallelism": "2",
        "spark.sql.adaptive.enabled": "false",
        "spark.driver.memory": "1g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        # What the tests ask of Java is short: its second compiler would cost more time than it saves.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
        "spark.local.dir": str(scratch),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    builder = SparkSession.builder.master("local[2]").appName("renewcast tests")
    for name, value in settings.items():
        builder = builder.config(name, value)
    with pytest.MonkeyPatch.context() as patch:
        # Spark's workers run this Python.
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        try:
            session = builder.getOrCreate()
            session.sparkContext.setLogLevel("ERROR")
            try:
                yield session
            finally:
                session.stop()
                _end_java()
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def _end_java() -> None:
    """End Spark's Java process, which would otherwise stay until Python ends."""
    from pyspark import SparkContext

    gateway = SparkContext._gateway
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait(timeout=60)
    SparkContext._gateway = SparkContext._jvm = None
