"""The backtest: the model trained again at past dates, judged by what came after, written down."""
