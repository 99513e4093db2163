"""The road of an account: stages by day and contract, handover, first value, milestones and the goals on the way."""
