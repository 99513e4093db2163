"""The metrics of each customer-success team, with stars, and what the team's work covers."""
