"""What tests/index/test_catalogue.py holds of a folder holds of a database."""

from tests.index.test_catalogue import *

# What looks into library.db:
del test_a_text_changed_in_the_store_is_left_out_and_the_rest_is_given
del test_a_list_is_read_from_its_index_and_not_sorted
