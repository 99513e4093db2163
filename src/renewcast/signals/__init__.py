"""Named rules on raw facts, each with a measured record, each silent until it has earned its place (C12, C20-C26, C71-C75, C84).

A signal is one function of rows that were known at a snapshot; :mod:`renewcast.signals.catalogue` lists them, one file a theme.
"""
