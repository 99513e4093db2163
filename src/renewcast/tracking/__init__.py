"""Tracking: runs, the registry and the champion. The only part that knows MLflow."""
