"""The policy tiers: benchmark, value-add, ordinary (C56). A declared rule, beside the learned segment, never over it."""


def tier(arr, arr_growth, advocacy, policy):
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

    Returns
    -------
    array of str, shape (n_accounts,)
        "benchmark", "value_add" or "ordinary".

    Examples
    --------
    >>> import numpy as np
    >>> from renewcast.params import TiersSection
    >>> policy = TiersSection(benchmark_min_arr=100_000, benchmark_min_advocacy=1, value_add_min_arr_growth=0.1, keep_margin=0.1)
    >>> tier(np.array([2e5, 2e5, 1e4]), np.array([0.0, 0.2, 0.05]), np.array([1, 0, 3]), policy).tolist()
    ['benchmark', 'value_add', 'ordinary']
    """
    import numpy as np

    arr, growth, advocacy = (np.asarray(values, dtype="float64") for values in (arr, arr_growth, advocacy))
    is_benchmark = (arr >= policy.benchmark_min_arr) & (advocacy >= policy.benchmark_min_advocacy)
    return np.select([is_benchmark, growth >= policy.value_add_min_arr_growth], ["benchmark", "value_add"], "ordinary")


def arr_growth(features):
    """Return the change of ARR against a year ago as a share, from feature rows; NaN where there was none or no such feature."""
    import numpy as np

    return np.expm1(features["mrr_trend_364d"]) if "mrr_trend_364d" in features else np.full(len(features), np.nan)
