"""How many instructions the hot functions take: the same number in each run, so that a regression shows in a test."""
