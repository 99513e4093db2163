"""Linear algebra on one thread: how sums are shared out among threads must never show in a score."""

from contextlib import contextmanager


@contextmanager
def one_thread():
    """Hold BLAS and OpenMP to one thread, as a context or a decorator, and give back what there was before.

    A product of matrices on two threads adds in another order than on one and ends some 1e-16 apart; a tree that splits on
    it, or a digest, sees that. Only libraries that are already loaded are held: import them first. The hold is the process's,
    so fits must not run side by side in threads of one process.

    References
    ----------
    Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. 2002, chapter 4: the order of summation.

    Examples
    --------
    >>> import numpy as np
    >>> with one_thread():
    ...     float(np.ones(3) @ np.ones(3))
    3.0
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        yield
