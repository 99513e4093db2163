"""What the plays do: assumed by the library, measured on the plays that were run, or both.

A verdict is no outcome: trouble goes away by itself, too. What counts is whether the account left, against accounts that
stood as badly before and got no such play. So each snapshot at which a play could still have been begun is a small trial of its
own (a sequence of trials, Hernan and Robins 2016): treated are the accounts that got the play in the week that follows it,
controls those that did not; who had one of the kind before, or gets one later, is told apart. A logistic regression of the
outcome on the parts of the log odds *before* the play (by driver, from models that these accounts took no part in fitting), on
the days to the end of the term and on every kind of play at once gives the effects, with errors that count accounts, not rows.
What comes out is the effect on the probability that the list shows, which is what it is used for.

The estimate is drawn to the library's assumption by precision (a normal prior): with few plays the assumption stays, and the
interval says how much is known.
"""

import dataclasses
import json
import math

Z90 = 1.6448536269514722
CONFOUNDING = 0.4
"""Plays are begun because somebody saw trouble, not all of which is in the tables. What is left of it after the adjustment is
taken as a further error of this spread, on the log odds. No data can tell it without a lottery; it is about what is left on
simulated companies, whose true effects are known (seeds 7 and 11, see benchmarks/plays.py)."""
RIDGE = 1e-6
FEWEST_TREATED = 20
"""With fewer treated accounts a kind of play is not measured at all."""


def in_force(library, measured: dict | None) -> dict[str, dict]:
    """Say of each play which effect counts.

    Parameters
    ----------
    library : Library
    measured : dict or None
        Of `read_effects`: as_of and, by play, what `estimate` found.

    Returns
    -------
    dict of str to dict
        effect, effect_low, effect_high (log odds of leaving; 90 %), effect_from ("assumed" or "measured"), treated (accounts).
    """
    found = {}
    for play in library.plays:
        one = (measured or {}).get("plays", {}).get(play.id)
        if one is None:
            prior = play.effect
            entry = {"effect": prior.log_odds, "effect_low": prior.low, "effect_high": prior.high}
            found[play.id] = entry | {"effect_from": "assumed", "treated": 0}
        else:
            effect, se = shrunk(one["estimate"], math.hypot(one["standard_error"], CONFOUNDING), play.effect)
            entry = {"effect": effect, "effect_low": effect - Z90 * se, "effect_high": effect + Z90 * se}
            found[play.id] = entry | {"effect_from": "measured", "treated": one["treated"]}
    return found


def shrunk(estimate: float, standard_error: float, prior) -> tuple[float, float]:
    """Draw an estimate to an assumption, each with the weight of its precision.

    Parameters
    ----------
    estimate, standard_error : float
    prior : renewcast.plays.library.Effect
        Taken as normal; the width of its 90 % interval gives its spread.

    Returns
    -------
    tuple of float
        Mean and standard deviation of the posterior.

    References
    ----------
    Gelman et al., Bayesian Data Analysis, 3rd edition 2013, equations 2.9 and 2.10 (two normals).

    Examples
    --------
    >>> from renewcast.plays.library import Effect
    >>> mean, spread = shrunk(-1.0, 0.3, Effect(log_odds=-0.4, low=-0.4 - 0.3 * Z90, high=-0.4 + 0.3 * Z90))
    >>> round(mean, 3), round(spread, 3)
    (-0.7, 0.212)
    """
    spread = (prior.high - prior.low) / (2 * Z90)
    weight, own = 1 / spread**2, 1 / standard_error**2
    return (weight * prior.log_odds + own * estimate) / (weight + own), math.sqrt(1 / (weight + own))


@dataclasses.dataclass(frozen=True, eq=False)
class Trials:
    """Rows of the trials.

    Attributes
    ----------
    label : array of bool, shape (n,)
        The account left.
    risk : array of float, shape (n, n_parts)
        The log odds of leaving before any play, or the parts that they are made of.
    days_to_end : array of float, shape (n,)
        Days to the next end of a term.
    group : array of str, shape (n,)
        Whose errors go together.
    treated : dict of str to array of float, shape (n,)
        By kind of play: 1 treated, 0 not.
    beside : dict of str to array of float, shape (n,)
        Other plays that are felt, before or after.
    """

    label: object
    risk: object
    days_to_end: object
    group: object
    treated: dict
    beside: dict = dataclasses.field(default_factory=dict)


def estimate(trials: Trials) -> dict[str, dict]:
    """Estimate the effect of each kind of play on the log odds of leaving.

    Parameters
    ----------
    trials : Trials

    Returns
    -------
    dict of str to dict
        estimate and standard_error (log odds; negative helps), treated (groups treated), of those kinds for which there are
        enough treated groups, and both who left and who stayed among them.

    References
    ----------
    Hernan, Robins, Using big data to emulate a target trial, American Journal of Epidemiology 183, 2016.
    Liang, Zeger, Longitudinal data analysis using generalized linear models, Biometrika 73, 1986 (the sandwich).

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> z, treated = rng.normal(-1, 1, 6000), (rng.random(6000) < 0.3).astype(float)
    >>> left = rng.random(6000) < 1 / (1 + np.exp(-(z - 0.8 * treated)))
    >>> rows = Trials(left, z[:, None], np.full(6000, 60.0), np.arange(6000).astype(str), {"usage_review": treated})
    >>> found = estimate(rows)["usage_review"]
    >>> abs(found["estimate"] + 0.8) < 2 * found["standard_error"]
    True
    """
    import numpy as np

    label = np.asarray(trials.label, dtype=float)
    group = np.unique(np.asarray(trials.group, dtype=str), return_inverse=True)[1]
    kinds = []
    for kind in sorted(trials.treated):
        treated = np.asarray(trials.treated[kind]) > 0
        if len(np.unique(group[treated])) >= FEWEST_TREATED and 0 < label[treated].sum() < treated.sum():
            kinds.append(kind)
    if not kinds:
        return {}
    days = np.asarray(trials.days_to_end, dtype=float) / 30
    # What hardly ever happens would only make the equations singular.
    beside = [value for _, value in sorted(trials.beside.items()) if np.sum(value) >= FEWEST_TREATED]
    risk = np.asarray(trials.risk, dtype=float)
    columns = [np.ones(len(label)), *risk.T, days, days**2, *beside]
    x = np.column_stack([*columns, *(trials.treated[kind] for kind in kinds)])
    beta, covariance = _clustered_logistic(x, label, group)
    found = {}
    for at, kind in enumerate(kinds, start=len(columns)):
        groups = len(np.unique(group[np.asarray(trials.treated[kind]) > 0]))
        error = float(np.sqrt(covariance[at, at]))
        found[kind] = {"estimate": float(beta[at]), "standard_error": error, "treated": groups}
    return found


def _clustered_logistic(x, label, group):
    """Fit by Newton's method; the covariance is the sandwich over groups, with the usual small-sample factor."""
    import numpy as np

    beta, penalty = np.zeros(x.shape[1]), RIDGE * np.eye(x.shape[1])
    for _ in range(100):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        bread = (x * (p * (1 - p))[:, None]).T @ x + penalty
        step = np.linalg.solve(bread, x.T @ (label - p) - penalty @ beta)
        # Half a step where a whole one would leap: the log odds of one row never move by more than five at once.
        step *= min(1.0, 5.0 / max(np.abs(x @ step).max(), 1e-12))
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
    inverse = np.linalg.inv((x * (p * (1 - p))[:, None]).T @ x + penalty)
    scores = np.zeros((group.max() + 1, x.shape[1]))
    np.add.at(scores, group, x * (label - p)[:, None])
    groups = len(scores)
    return beta, inverse @ (scores.T @ scores) @ inverse * groups / max(groups - 1, 1)


def to_bytes(as_of, found: dict) -> bytes:
    """Write what was measured, in the same bytes for the same figures."""
    return (json.dumps({"as_of": str(as_of), "plays": found}, indent=1, sort_keys=True) + "\n").encode()


def read_effects(path) -> dict | None:
    """Read what was measured, or None where nothing was."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
