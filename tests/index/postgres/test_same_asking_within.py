"""What tests/index/test_asking_within.py holds of a folder holds of a database."""

from tests.index.test_asking_within import *

# What looks into library.db; or at a generation that a database is told of at once:
del test_what_is_new_is_found_before_its_vectors_are_searched
del test_what_the_log_of_changes_has_forgotten_is_new_all_the_same
