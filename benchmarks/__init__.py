"""How fast Eventyard is, beside its peers on the same machine: ``python -m benchmarks``."""
