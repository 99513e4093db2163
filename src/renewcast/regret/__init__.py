"""Regret: what the published lists said against what happened, and for every churn that none of them warned of, why not.

What a list said is read from the list and never computed again. Nothing is read that a day did not know, and no list after it.
"""
