"""The three engines, each started at most once for all tests of this folder that run in one process."""

import pytest
from postgres import cluster
from spark_session import local_spark


@pytest.fixture(scope="session")
def spark():
    """Yield a Spark session."""
    with local_spark() as session:
        yield session


@pytest.fixture(scope="session")
def postgres_address():
    """Yield the address of an empty PostgreSQL cluster."""
    with cluster() as address:
        yield address
