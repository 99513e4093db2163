"""The leak zoo: every planted leak, kind by kind, at least eight disguises of each of the eight."""

from zoo import dependence, duplicates, engine, no_test, preprocessing, proxies, sampling, selection, temporal
from zoo.plant import Plant

ZOO: tuple[Plant, ...] = tuple(
    plant
    for module in (no_test, preprocessing, selection, duplicates, proxies, temporal, engine, dependence, sampling)
    for plant in module.PLANTS
)
ALWAYS = (
    "rounds of boosting are chosen on the test",
    "mean and spread of all rows",
    "rate behind the gate from all rows",
    "the highest correlation with the label in all rows",
    "lost rows repeated under new ids",
    "the order of the ids",
    "ends_on overwritten at termination",
    "a share of all events ever",
    "accounts drawn at random",
    "the embargo is claimed, but learnt from",
    "only accounts that are still customers",
    "lost accounts deleted from the CRM",
)
"""What every test run tries: one or two of each kind. The deep run tries all."""
