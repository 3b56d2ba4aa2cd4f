"""What tests/index/test_library.py holds of a folder holds of a database."""

from tests.index.conftest import desk
from tests.index.test_library import *

# What looks into library.db:
del test_a_text_that_was_changed_in_the_store_is_never_quoted
