"""What a question asks besides its words: when, from whom, with and without which words."""

from index.filters.operators import Wish, read_filters, unread_in, write_filters

__all__ = ["Wish", "read_filters", "unread_in", "write_filters"]
