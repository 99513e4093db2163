"""The policy tiers: benchmark, value-add, ordinary (C56). A declared rule, beside the learned segment, never over it."""

TIERS = ("benchmark", "value_add", "ordinary")


def tier(arr, arr_growth, advocacy, policy, before=None):
    """Assign each account its tier.

    Parameters
    ----------
    arr : array of float, shape (n_accounts,)
        Annual recurring revenue in the project's currency; NaN without contracts.
    arr_growth : array of float, shape (n_accounts,)
        Change of ARR against a year ago as a share; NaN where there was none.
    advocacy : array of float, shape (n_accounts,)
        Promoter answers (NPS 9 or 10) in the last 364 days.
    policy : params.TiersSection
    before : array of object, shape (n_accounts,), optional
        The tier that each account had; None where it had none. It is lost only where the account falls short of a threshold by
        more than ``policy.keep_margin``, a share of it.

    Returns
    -------
    array of str, shape (n_accounts,)
        "benchmark", "value_add" or "ordinary".

    Examples
    --------
    >>> import numpy as np
    >>> from renewcast.params import TiersSection
    >>> policy = TiersSection(benchmark_min_arr=100_000, benchmark_min_advocacy=1, value_add_min_arr_growth=0.1, keep_margin=0.1)
    >>> arr, growth, advocacy = np.array([2e5, 95_000, 1e4]), np.array([0.0, 0.2, 0.095]), np.array([1, 1, 3])
    >>> tier(arr, growth, advocacy, policy).tolist()
    ['benchmark', 'value_add', 'ordinary']
    >>> tier(arr, growth, advocacy, policy, before=["ordinary", "benchmark", "value_add"]).tolist()
    ['benchmark', 'benchmark', 'value_add']
    """
    import numpy as np

    arr, growth, advocacy = (np.asarray(values, dtype="float64") for values in (arr, arr_growth, advocacy))
    before = np.full(len(arr), None, dtype=object) if before is None else np.asarray(before, dtype=object)

    def reached(values, threshold, held):
        return values >= np.where(held, threshold - abs(threshold) * policy.keep_margin, threshold)

    was_benchmark = before == "benchmark"
    is_benchmark = reached(arr, policy.benchmark_min_arr, was_benchmark)
    is_benchmark &= reached(advocacy, policy.benchmark_min_advocacy, was_benchmark)
    is_value_add = reached(growth, policy.value_add_min_arr_growth, before == "value_add")
    return np.select([is_benchmark, is_value_add], ["benchmark", "value_add"], "ordinary")


def arr_growth(features):
    """Return the change of ARR against a year ago as a share, from feature rows; NaN where there was none or no such feature."""
    import numpy as np

    return np.expm1(features["mrr_trend_364d"]) if "mrr_trend_364d" in features else np.full(len(features), np.nan)
