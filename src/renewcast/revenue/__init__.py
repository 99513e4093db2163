"""Recurring revenue month by month: the ledger to the cent, retention, what counts as churn, and cohorts.

Nothing here is learnt and nothing here feeds a label or a feature: the room stands after both, and reads the same tables.
"""
