"""What accounts, modules and people did: the three-level dashboard, in the numbers of the model's own features."""
