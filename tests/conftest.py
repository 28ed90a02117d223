"""
Property tests that give the same verdict on every run.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# How fast the machine is has no say, whatever the profile.
COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("fixed", derandomize=True, database=None, **COMMON)
# For people who look for new failures: pytest --hypothesis-profile=search
settings.register_profile("search", print_blob=True, **COMMON)
settings.load_profile("fixed")
