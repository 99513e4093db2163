"""One theme of the business review a module."""
