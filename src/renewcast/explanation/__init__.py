"""Why an account has the probability that it has."""
