"""A text is quoted only if it is the very one that was indexed."""

import logging

from index.errors import Damaged
from index.store.records import digest_of

logger = logging.getLogger(__name__)


def proven(text: str, digest: str) -> str:
    """The text, if it has that digest. Raises Damaged."""
    if digest_of(text) != digest:
        raise Damaged(
            "a stored text is not the one that was indexed, so it is not quoted; run"
            " scripts/run reindex --full"
        )
    return text


def is_proven(paragraph: object, text: str, digest: object) -> bool:
    """Whether a paragraph's text has that digest; where not, the log has an error."""
    if digest_of(text) == digest:
        return True
    logger.error("paragraph %s is not the text that was indexed; run reindex --full", paragraph)
    return False
