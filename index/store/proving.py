"""A text is quoted only if it is the very one that was indexed."""

import logging

from index.store.records import digest_of

logger = logging.getLogger(__name__)


def is_proven(paragraph: object, text: str, digest: object) -> bool:
    """Whether a paragraph's text has that digest; where not, the log has an error."""
    if digest_of(text) == digest:
        return True
    logger.error("paragraph %s is not the text that was indexed; run reindex --full", paragraph)
    return False
