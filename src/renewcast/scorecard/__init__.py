"""The scorecard: star metrics of each team, cover of key accounts, load, what renewals are worth, and the three pits."""
