"""Progress on stderr: a bar on a terminal, a line a step elsewhere."""

import sys


class Progress:
    """Show how far long work has come; call it with (done, total, text), total 0 where it is not known.

    Examples
    --------
    >>> with Progress() as progress:
    ...     progress(1, 2, "half way")
    """

    def __init__(self):
        self._bar = None
        self._task = None
        self._said = None

    def __enter__(self) -> "Progress":
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("starting", total=None)
        return self

    def __exit__(self, *failure) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, total: int, text: str) -> None:
        """Report a step."""
        if self._bar is not None:
            self._bar.update(self._task, description=text, completed=done, total=total or None)
        elif (total == 0 or done in (0, total)) and text != self._said:
            sys.stderr.write(f"  {text}\n")
            self._said = text
