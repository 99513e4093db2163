"""Which accounts and snapshots an audit looks at: drawn with a seed, one snapshot an account, cut-offs all over the calendar."""

import datetime as dt

from renewcast.audit.company_slice import CompanySlice, cut

DAYS_AT_MOST = 40
"""Cut-offs that are drawn: the accounts in scope are looked up at each of them."""


def draw(project, as_of: dt.date, snapshots: int, seed: int) -> tuple[CompanySlice, object]:
    """Draw accounts, and for each of them one snapshot at which it was in scope.

    Parameters
    ----------
    project : renewcast.project.Project
    as_of : datetime.date
        No snapshot lies after it.
    snapshots : int
        How many are drawn, at most.
    seed : int

    Returns
    -------
    CompanySlice
        The drawn accounts with all of their facts, also those after ``as_of``.
    pandas.DataFrame
        account_id, as_of; one row an account, sorted.
    """
    import numpy as np
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    random = np.random.default_rng([seed, 1])
    staged = project.staged
    known = pq.read_table(staged.tables["accounts"], columns=["account_id"])["account_id"]
    everybody = sorted(pc.unique(known).to_pylist())
    # Some accounts are in scope at none of the drawn days, so more are drawn than are asked for.
    wanted = min(len(everybody), 2 * snapshots)
    accounts = [everybody[place] for place in sorted(random.choice(len(everybody), wanted, replace=False))]
    company = cut(project.params, staged, accounts)
    calendar = project.view.calendar
    days = calendar.days(min(as_of, project.last_snapshot_day()))
    drawn = [days[place] for place in sorted(random.choice(len(days), min(len(days), DAYS_AT_MOST), replace=False))]
    with company.opened() as view:
        scope = view.population(drawn)[["account_id", "as_of"]]
    scope = scope.iloc[random.permutation(len(scope))].drop_duplicates("account_id").head(snapshots)
    scope = scope.sort_values(["account_id", "as_of"], ignore_index=True)
    return cut(project.params, staged, scope["account_id"]), scope
