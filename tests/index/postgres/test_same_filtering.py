"""What tests/index/test_filtering.py holds of a folder holds of a database."""

from tests.index.test_filtering import *

# What looks into library.db:
del test_under_filters_the_words_are_looked_up_once_and_not_for_each_paragraph
