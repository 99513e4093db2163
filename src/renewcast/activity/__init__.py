"""Activity: how much and how well the product is used, by company, module and person, in the numbers of the features."""
