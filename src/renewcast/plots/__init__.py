"""What the notebooks show: every function takes DataFrames of the Project API and returns a figure or a table, ready to look at.

Nothing here touches the state of pyplot, so the functions serve scripts and services as well as notebooks. Titles say what the
figure shows, computed from the data given.
"""
