"""Settings of the whole suite."""

import os

from hypothesis import settings

# The same examples in every run of the continuous integration: a red run can be had again.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")
