"""Params of small projects whose raw tables the tests write themselves."""

from renewcast.params import Params

REST = {
    "engine": {"backend": "duckdb", "memory_gb": 1, "threads": 1},
    "snapshots": {"first": "2024-01-01", "last": None, "every_days": 7, "train_every_weeks": 4},
    "features": {"families": ["usage"], "windows_days": [7]},
    "splits": {"test_weeks": 4, "calibration_weeks": 4},
    "model": {
        "name": "blend", "seed": 0, "fits": 1, "num_leaves": 7, "min_rows_per_leaf": 5, "learning_rate": 0.1, "max_rounds": 5,
        "monotone": False,
    },
    "tuning": {"minutes": 1},
    "gate": {"promote": "automatically"},
    "backtest": {"every_weeks": 4, "dates": 3, "capacity_per_owner": 5, "lead_days": [30, 60]},
    "segments": {
        "seed": 0, "clusters": [2],
        "tiers": {"benchmark_min_arr": 0, "benchmark_min_advocacy": 0, "value_add_min_arr_growth": 0.1, "keep_margin": 0.1},
    },
    "actions": {"capacity_per_owner": 5, "key_account_min_arr": 20000, "key_account_every_days": 90, "keep_margin": 0.2},
    "lifetime": {"gross_margin": 0.8, "annual_discount_rate": 0.1, "limit_months": 60},
    "signals": {"false_discovery_rate": 0.1, "false_departures": 0.1, "held_back_above": 2.0, "past_snapshots": 27},
    "markets": {"vertical": "industry", "segment_by": ["industry", "company_size"]},
    "publishing": {"directory": "lists", "reviews": "reviews"},
}  # fmt: skip


REVENUE = {
    "rates": {"stated_on": "2026-06-30", "per_unit": {}}, "corrected_within_days": 30,
    "definition": {"level": "account", "grace_days": 30, "pause_days": 0, "unpaid_cover": "stays"},
    "bars": {"net_dollar_retention": 1.2, "nps": 10},
}  # fmt: skip


def params_of(sources: dict, *, time_zone: str = "UTC") -> Params:
    """Params with these sources and whatever else a project needs."""
    if "contracts" in sources:
        labels, target = {"churn": {"lead_days": 0, "horizon_days": 90, "grace_days": 30}}, "churn"
    else:
        labels, target = {"inactivity": {"lead_days": 0, "horizon_days": 90, "active_within_days": 90}}, "inactivity"
    project = {"name": "test", "time_zone": time_zone, "language": "en", "currency": "EUR"}
    scoring = {"target": target, "horizons_days": [30, 90, 180]}
    chosen = {"project": project, "sources": sources, "labels": labels, "scoring": scoring}
    return Params.model_validate({**REST, **chosen, "revenue": REVENUE if "contracts" in sources else None})
