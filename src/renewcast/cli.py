"""The command line: thin, quick to start; the commands are in cli_data, cli_models and cli_lists."""

# In the order in which the help shows them.
from renewcast import cli_data, cli_models, cli_lists  # noqa: I001, F401
from renewcast.cli_app import app


def main() -> None:
    """Run the command line."""
    app()
