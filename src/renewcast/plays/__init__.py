"""What to do: the library of plays, which one an account gets and by when, what it should save, whose list has room for it."""
