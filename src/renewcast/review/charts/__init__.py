"""Charts as inline SVG, written in Python: the same table gives the same picture, and no script is needed to see it."""
