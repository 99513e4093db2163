"""Fixtures of the functional tests: a copy of the trained company to spoil, and one without a model."""

import shutil

import pytest
from arriving_weeks import publish_weeks
from trained_company import answers_of, once_for_all_workers


@pytest.fixture(scope="session")
def answers(trained_company):
    """What each command answered while the trained company was built."""
    return answers_of(trained_company)


@pytest.fixture
def copy(trained_company, tmp_path):
    """A copy of the trained company that a test may change; its MLflow records still point to the original's files."""
    return shutil.copytree(
        trained_company, tmp_path / "copy", copy_function=shutil.copy2, ignore=shutil.ignore_patterns("mlruns")
    )


@pytest.fixture(scope="session")
def untrained(trained_company, tmp_path_factory):
    """The same company with neither model nor lists; tests only read it."""
    kept = shutil.ignore_patterns("mlruns", "mlflow.db", "models", "lists")
    return shutil.copytree(trained_company, tmp_path_factory.mktemp("untrained") / "project", ignore=kept)


@pytest.fixture(scope="session")
def weeks(trained_company, tmp_path_factory):
    """The company of :mod:`arriving_weeks`, with the lists of its weeks; tests only read it."""
    return once_for_all_workers(tmp_path_factory, "company_of_weeks", lambda place: publish_weeks(trained_company, place))
