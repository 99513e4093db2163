"""One block of accounts: everything about them, drawn in order. Blocks know nothing of each other."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from renewcast.simulate.accounts import accounts_table, draw_accounts
from renewcast.simulate.behaviours import draw_behaviours
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.causes import CauseReader
from renewcast.simulate.contracts import contracts_table, draw_conditions
from renewcast.simulate.feedback import feedback_table
from renewcast.simulate.invoices import invoices_table
from renewcast.simulate.latent import draw_latent
from renewcast.simulate.milestones import draw_plan, milestones_table
from renewcast.simulate.modules import first_modules
from renewcast.simulate.plays import add_trainings, draw_schedule, plays_table
from renewcast.simulate.renewals import run_renewals
from renewcast.simulate.risks import truth_play_effects_table, truth_plays_table, truth_table, truth_terms_table
from renewcast.simulate.tickets import tickets_table
from renewcast.simulate.touchpoints import touchpoints_table
from renewcast.simulate.usage import MEAN_QUANTITY, usage_table
from renewcast.simulate.users import draw_people, users_table

# Each has a stream of its own, so drawing more of one leaves the others as they are; new names go at the end.
_STREAMS = (
    "accounts",
    "latent",
    "people",
    "plan",
    "modules",
    "conditions",
    "schedule",
    "renewals",
    "trainings",
    "accounts_table",
    "contracts_table",
    "users_table",
    "usage",
    "tickets",
    "invoices",
    "feedback",
    "touchpoints",
    "milestones",
    "plays",
    "behaviours",
)


@dataclass(frozen=True)
class Block:
    """A range of accounts: its ``number`` (from 0), the number of its ``first`` account (from 1), how many, and its seed."""

    number: int
    first: int
    accounts: int
    seed: np.random.SeedSequence


@dataclass(frozen=True)
class Drawn:
    """A block's tables by name, and how many of its accounts churned and returned inside the data."""

    tables: dict[str, pa.Table]
    churned: int
    returned: int


def split(accounts: int, seed: int, largest: int) -> list[Block]:
    """Divide accounts into blocks of nearly equal size.

    Examples
    --------
    >>> [(block.number, block.first, block.accounts) for block in split(5, 0, 2)]
    [(0, 1, 2), (1, 3, 1), (2, 4, 2)]
    """
    count = -(-accounts // largest)
    bounds = np.linspace(0, accounts, count + 1).round().astype(int).tolist()
    seeds = np.random.SeedSequence(seed).spawn(count)
    return [Block(number, bounds[number] + 1, bounds[number + 1] - bounds[number], seeds[number]) for number in range(count)]


def draw_block(calendar: Calendar, block: Block, *, behaviours: bool = False) -> Drawn:
    """Draw the accounts of a block and everything that happens to them.

    Parameters
    ----------
    calendar : Calendar
    block : Block
    behaviours : bool
        Plant kinds of use; see :mod:`renewcast.simulate.behaviours`.

    Returns
    -------
    Drawn
        The ten canonical tables and the truth, about 0.4 MB an account while it is drawn.

    Examples
    --------
    >>> import datetime as dt
    >>> (block,) = split(10, 0, 1000)
    >>> drawn = draw_block(Calendar(dt.date(2024, 1, 1), 26), block)
    >>> len(drawn.tables), drawn.tables["accounts"]["account_id"][0].as_py()
    (14, 'A00001')
    """
    rng = {name: np.random.default_rng(seed) for name, seed in zip(_STREAMS, block.seed.spawn(len(_STREAMS)), strict=True)}
    number = block.number
    accounts = draw_accounts(rng["accounts"], calendar, block.accounts, block.first)
    latent = draw_latent(rng["latent"], calendar, accounts)
    people = draw_people(rng["people"], calendar, accounts, latent, number)
    kinds = draw_behaviours(rng["behaviours"], accounts) if behaviours else None
    people = people if kinds is None else kinds.of(people, rng["behaviours"])
    plan = draw_plan(rng["plan"], calendar, accounts, latent)
    modules = first_modules(rng["modules"], calendar, accounts)
    conditions = draw_conditions(rng["conditions"], accounts)
    schedule = draw_schedule(rng["schedule"], calendar, latent)
    rows_a_week, at_work = people.per_account(calendar.latent_weeks)
    demand = rows_a_week * latent.level * latent.holiday * MEAN_QUANTITY
    causes = CauseReader(calendar, accounts, latent, plan, modules, demand, at_work)
    headcount, usual = people.at_the_beginning(accounts)
    renewals = run_renewals(
        rng["renewals"], calendar, accounts, conditions, causes, modules, schedule, (headcount, usual * MEAN_QUANTITY)
    )
    schedule = add_trainings(rng["trainings"], schedule, modules)
    cover, terms = renewals.cover, renewals.terms
    contracts, *contract = contracts_table(rng["contracts_table"], calendar, accounts, conditions, terms, renewals.rows, number)
    plays, *play = plays_table(rng["plays"], calendar, accounts, schedule, cover, number)
    tables = {
        "accounts": accounts_table(rng["accounts_table"], calendar, accounts, cover),
        "contracts": contracts,
        "usage": usage_table(rng["usage"], calendar, accounts, people, latent, modules, cover, number, kinds),
        "users": users_table(rng["users_table"], calendar, accounts, people, cover),
        "tickets": tickets_table(rng["tickets"], calendar, accounts, latent, cover, number),
        "invoices": invoices_table(rng["invoices"], calendar, accounts, conditions, latent, terms.billed(renewals.rows), number),
        "feedback": feedback_table(rng["feedback"], calendar, accounts, people, latent, cover),
        "touchpoints": touchpoints_table(rng["touchpoints"], calendar, accounts, latent, cover, renewals.decisions),
        "milestones": milestones_table(rng["milestones"], calendar, accounts, plan, cover),
        "plays": plays,
        "truth": truth_table(calendar, accounts, renewals),
        "truth_terms": truth_terms_table(calendar, accounts, renewals, *contract),
        "truth_play_effects": truth_play_effects_table(calendar, accounts, renewals, schedule, contract, play),
    }
    if kinds is not None:
        tables["truth_behaviours"] = kinds.table(accounts)
    if number == 0:
        tables["truth_plays"] = truth_plays_table()
    return Drawn(tables, int((cover.churned < calendar.days).sum()), int((cover.returned < calendar.days).sum()))
