"""Hold the published lists against what happened, and look into every churn that none of them warned of."""


def run(project, as_of=None, target=None) -> dict:
    """Write data/work/regret/<as_of>/: report.md, tables, summary.json."""
    found = project.regret(as_of)
    return {**found.answer(), "report": str(found.folder / "report.md")}
