"""The company: draw everything in order, write every table."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np

from renewcast.errors import RenewcastError
from renewcast.simulate.accounts import accounts_table, draw_accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.contracts import contracts_table, draw_conditions
from renewcast.simulate.feedback import feedback_table
from renewcast.simulate.invoices import invoices_table
from renewcast.simulate.latent import draw_latent
from renewcast.simulate.milestones import draw_plan, milestones_table
from renewcast.simulate.modules import first_modules
from renewcast.simulate.plays import plays_table
from renewcast.simulate.renewals import run_renewals
from renewcast.simulate.risks import truth_table, truth_terms_table
from renewcast.simulate.tables import write
from renewcast.simulate.tickets import tickets_table
from renewcast.simulate.touchpoints import touchpoints_table
from renewcast.simulate.usage import MEAN_QUANTITY, usage_pieces
from renewcast.simulate.users import draw_people, users_table

# Each has a stream of its own, so drawing more of one leaves the others as they are; new names go at the end.
_STREAMS = (
    "accounts",
    "latent",
    "people",
    "plan",
    "modules",
    "conditions",
    "renewals",
    "accounts_table",
    "users_table",
    "usage",
    "tickets",
    "invoices",
    "feedback",
    "touchpoints",
    "plays",
)


def simulate(
    directory: Path,
    *,
    accounts: int = 2000,
    weeks: int = 130,
    start: dt.date = dt.date(2024, 1, 1),
    seed: int = 7,
    progress: Callable[[int, int, str], None] | None = None,
) -> dict:
    """Make up a company and write its ten canonical tables, and the truth behind them, as Parquet.

    Two thirds of the accounts are there from the start, having signed up in the two years before; the others arrive later.
    Their state tables (accounts, contracts, users, milestones) go back to their sign-up, facts begin on ``start``.

    Parameters
    ----------
    directory : pathlib.Path
        Receives ``<table>.parquet``, ``truth.parquet`` and ``truth_terms.parquet``; each is put in place whole.
    accounts : int, at least 1
        Accounts that ever exist.
    weeks : int, at least 1
        Weeks of data. Nothing happens, and nothing becomes known, on ``start + 7 * weeks`` days or later; only days that
        are agreed beforehand (the end of a term, the day on which a bill is due) lie there.
    start : datetime.date
    seed : int, 0 or more
        The same seed writes the same bytes. 0 is a seed like any other.
    progress : callable, optional
        Called as ``progress(done, total, text)`` after each table.

    Returns
    -------
    dict
        ``rows`` (dict of table to rows, the two truth tables included), ``accounts`` (ever), ``churned_accounts`` (whose
        cover broke inside the data at least once), ``returned_accounts``, ``end`` (datetime.date, the first day without data).

    Raises
    ------
    RenewcastError
        "simulate: accounts is ...", and the like, for a number out of range; "... cannot be written".

    Notes
    -----
    About 1,400 usage rows per account over 130 weeks. Usage is drawn in blocks of 2,000 accounts, the hidden state is held
    for all accounts at once (about 15 kB each).

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     summary = simulate(Path(folder), accounts=20, weeks=26, seed=0)
    ...     written = sorted(path.stem for path in Path(folder).glob("*.parquet"))
    >>> summary["rows"]["accounts"], summary["end"], len(written)
    (20, datetime.date(2024, 7, 1), 12)
    """
    _check(accounts, weeks, seed)
    directory = Path(directory)
    calendar = Calendar(start, weeks)
    seeds = dict(zip(_STREAMS, np.random.SeedSequence(seed).spawn(len(_STREAMS)), strict=True))
    rng = {name: np.random.default_rng(seeds[name]) for name in _STREAMS}

    crowd = draw_accounts(rng["accounts"], calendar, accounts)
    latent = draw_latent(rng["latent"], calendar, crowd)
    people = draw_people(rng["people"], calendar, crowd, latent)
    plan = draw_plan(rng["plan"], calendar, crowd, latent)
    modules = first_modules(rng["modules"], calendar, crowd)
    conditions = draw_conditions(rng["conditions"], crowd)
    demand = people.per_account(calendar.latent_weeks) * latent.level * MEAN_QUANTITY
    headcount, usual_rows = people.at_the_beginning(crowd)
    renewals = run_renewals(
        rng["renewals"], calendar, crowd, latent, plan, modules, demand, headcount, usual_rows * MEAN_QUANTITY
    )
    cover = renewals.cover
    contracts, contract_ids = contracts_table(calendar, crowd, conditions, renewals.rows)

    makers = {
        "accounts": lambda: [accounts_table(rng["accounts_table"], calendar, crowd)],
        "contracts": lambda: [contracts],
        "usage": lambda: usage_pieces(seeds["usage"], calendar, crowd, people, latent, modules, cover),
        "users": lambda: [users_table(rng["users_table"], calendar, crowd, people, cover)],
        "tickets": lambda: [tickets_table(rng["tickets"], calendar, crowd, latent, cover)],
        "invoices": lambda: [invoices_table(rng["invoices"], calendar, crowd, conditions, latent, cover, renewals.rows)],
        "feedback": lambda: [feedback_table(rng["feedback"], calendar, crowd, people, latent, cover)],
        "touchpoints": lambda: [touchpoints_table(rng["touchpoints"], calendar, crowd, latent, cover)],
        "milestones": lambda: [milestones_table(calendar, crowd, plan, cover)],
        "plays": lambda: [plays_table(rng["plays"], calendar, crowd, latent, modules, cover)],
        "truth": lambda: [truth_table(calendar, crowd, renewals)],
        "truth_terms": lambda: [truth_terms_table(calendar, crowd, renewals, contract_ids)],
    }
    rows = {}
    for done, (name, make) in enumerate(makers.items(), start=1):
        rows[name] = write(directory, name, make())
        if progress is not None:
            progress(done, len(makers), f"{name}: {rows[name]:,} rows")
    return {
        "rows": rows,
        "accounts": accounts,
        "churned_accounts": int((cover.churned < calendar.days).sum()),
        "returned_accounts": int((cover.returned < calendar.days).sum()),
        "end": start + dt.timedelta(days=calendar.days),
    }


def _check(accounts: int, weeks: int, seed: int) -> None:
    for name, value, least in (("accounts", accounts, 1), ("weeks", weeks, 1), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise RenewcastError(f"simulate: {name} is {value!r}; give a whole number from {least} up.")
