"""Where the business is: verticals, niches, and how a product that sells itself activates and converts."""
