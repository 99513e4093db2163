"""What comes of the terms that are due, account by account, summed up without contradiction to revenue and its retention."""
