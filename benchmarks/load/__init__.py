"""The load generator: one process on a core of its own, which sends events in and reads what clients are sent."""
