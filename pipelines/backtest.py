"""Train at past dates as it would have been done then, judge by what came, write the report, log it."""


def run(project, as_of=None, target=None) -> dict:
    """Write data/work/backtest/<as_of>-<target>/ and log one run with a child run a date."""
    found = project.backtest(target, as_of)
    return {**found.answer(), "report": str(found.folder / "report.md"), "run_id": project.log_backtest(found)}
