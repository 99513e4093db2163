"""A made-up company whose renewal hazard is known: ten canonical tables, and the truth behind them for tests.

Nothing here is measured from a real business. The causes of churn are those the product has to find (usage falling, the key
user leaving, modules never used, support pain, missed milestones, quota burn, shrinking departments, late payment, low
willingness), and every renewal is drawn with a probability that is written down beside the data.
"""

from renewcast.simulate.company import simulate

__all__ = ["simulate"]
