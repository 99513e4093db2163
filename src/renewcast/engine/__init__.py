"""The feature engine: time is cut, facts are rolled up, windows are accumulated."""
