"""The one exception a user ever sees: one plain sentence that says what, where and what to do."""


class RenewcastError(Exception):
    """A run cannot go on, and the message says what happened, where, and what to do about it.

    Parameters
    ----------
    message : str
        One plain sentence. It names the table, column, file or parameter and ends with the next step.

    Examples
    --------
    >>> raise RenewcastError("params.yaml: labels.churn.horizon_days is 0; give at least 7.")
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: params.yaml: labels.churn.horizon_days is 0; give at least 7.
    """
