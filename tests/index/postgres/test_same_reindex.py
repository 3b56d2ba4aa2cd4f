"""What tests/index/test_reindex.py holds of a folder holds of a database."""

from tests.index.conftest import desk
from tests.index.test_reindex import *

# What is of a folder's lock:
del test_the_second_of_two_at_once_is_told_who_holds_the_lock
