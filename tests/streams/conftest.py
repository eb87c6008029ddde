"""Fixtures of the stream tests."""

from hypothesis import HealthCheck, settings

# The machine is shared: slow is not wrong.
settings.register_profile("streams", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("streams")
