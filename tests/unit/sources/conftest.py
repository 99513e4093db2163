"""One PostgreSQL for all tests of sources."""

import pytest
from postgres import cluster


@pytest.fixture(scope="session")
def postgres_address():
    """Yield the address of an empty PostgreSQL cluster."""
    with cluster() as address:
        yield address
