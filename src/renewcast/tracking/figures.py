"""The figures of a training: reliability, lift, and who beat whom on the test."""


def draw(trained, target: str) -> dict:
    """Draw the figures.

    Parameters
    ----------
    trained : evaluation.training.Trained
    target : str

    Returns
    -------
    dict of str to matplotlib.figure.Figure
    """
    return {"reliability": _reliability(trained, target), "gain": _gain(trained, target), "log_loss": _log_loss(trained, target)}


def _axes(title: str, x: str, y: str):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.set(title=title, xlabel=x, ylabel=y)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _reliability(trained, target):
    import numpy as np

    from renewcast.evaluation.reliability import reliability

    test = trained.test_predictions
    bins = reliability(test["label"].to_numpy(), test["blend"].to_numpy(), group=test["group"].to_numpy())
    figure, axes = _axes(f"Reliability on the test: {target}", "predicted probability", "observed share")
    limit = float(np.nanmax([bins["predicted"].max(), bins["seen"].max()])) * 1.1
    axes.plot([0, limit], [0, limit], color="0.7", linewidth=1, label="perfect")
    error = [bins["seen"] - bins["seen_low"], bins["seen_high"] - bins["seen"]]
    told = "blend, 95 % interval over accounts"
    axes.errorbar(bins["predicted"], bins["seen"], yerr=error, marker="o", color="#1f5f8b", label=told)
    axes.legend(frameon=False)
    return figure


def _gain(trained, target):
    import numpy as np

    test = trained.test_predictions
    figure, axes = _axes(
        f"Who is found first on the test: {target}", "share of accounts, riskiest first", "share of outcomes found"
    )
    label = test["label"].to_numpy(dtype=float)
    share = np.arange(1, len(label) + 1) / len(label)
    for name, colour in (("blend", "#1f5f8b"), ("logistic", "#d08770"), ("health_score", "#8a8a8a")):
        order = np.argsort(-test[name].to_numpy(), kind="stable")
        # Without any outcome there is nothing to find, and every curve is flat.
        axes.plot(share, np.cumsum(label[order]) / max(label.sum(), 1.0), label=name, color=colour)
    axes.plot([0, 1], [0, 1], color="0.8", linewidth=1)
    axes.legend(frameon=False)
    return figure


def _log_loss(trained, target):
    losses = {
        "blend": trained.evaluation["metrics"]["log_loss"],
        **{name: values["log_loss"] for name, values in trained.evaluation["baselines"].items()},
    }
    figure, axes = _axes(f"Log loss on the test, lower is better: {target}", "log loss", "")
    axes.barh(list(losses), list(losses.values()), color=["#1f5f8b" if name == trained.ranked_by else "0.75" for name in losses])
    axes.set_xlim(min(losses.values()) * 0.9, max(losses.values()) * 1.02)
    return figure
