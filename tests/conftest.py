from hypothesis import settings

# A slow machine is no fault: nothing is timed in tests.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
