"""Neither the token nor people's words reach the log."""

import io
import logging

import pytest
from telegram.error import Conflict, InvalidToken, NetworkError

from bot.logs import Redaction, describe, explained
from index import NoCollection

TOKEN = "4242:AAFakeTokenThatMustNeverBeWritten_0123456"
SHORT = "77:short"


def fail(error: Exception) -> None:
    raise error


@pytest.fixture
def written() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def logger(written):
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(message)s"))
    handler.addFilter(Redaction(SHORT))
    logger = logging.getLogger("test.redaction")
    logger.addHandler(handler)
    logger.propagate = False
    yield logger
    logger.removeHandler(handler)


@pytest.mark.parametrize(
    ("secret", "line"),
    [
        (f"POST https://api.telegram.org/bot{TOKEN}/getMe", "/bot<token>/getMe"),
        ("POST https://api.telegram.org/bot1:a/getMe", "/bot<token>/getMe"),
        (f"The token `{TOKEN}` was rejected", "The token `<token>` was rejected"),
        (f"by its value {SHORT}", "by its value <token>"),
    ],
)
def test_a_token_is_blackened_in_a_message(secret, line, logger, written):
    logger.warning("%s", secret)

    assert line in written.getvalue()


def test_a_token_is_blackened_in_a_traceback(logger, written):
    with pytest.raises(ValueError, match="api") as caught:
        fail(ValueError(f"https://api.telegram.org/bot{TOKEN}/getMe"))

    logger.error("it failed", exc_info=caught.value, stack_info=True)

    assert "ValueError: https://api.telegram.org/bot<token>/getMe" in written.getvalue()
    assert "AAFake" not in written.getvalue()


def test_times_and_ports_are_not_taken_for_tokens(logger, written):
    logger.warning("at 2017:09 on 127.0.0.1:8443/path")

    assert written.getvalue() == "at 2017:09 on 127.0.0.1:8443/path\n"


def test_a_strangers_error_is_described_by_its_place_alone():
    words = "my" + " secret"
    with pytest.raises(KeyError) as caught:
        fail(KeyError(words))

    described = describe(caught.value)

    assert described.startswith("KeyError\n  File ")
    assert words not in described


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NoCollection("nothing is indexed; run reindex"), "NoCollection: nothing is indexed; run"),
        (NetworkError(f"bot{TOKEN} " + "x" * 900), "NetworkError: bot<token> xxx"),
        (InvalidToken(TOKEN), "Telegram does not know this token; if that stays, check BOT_TOKEN"),
        (Conflict("terminated"), "another process polls with this token, or did a moment ago"),
    ],
)
def test_known_errors_are_described_in_a_line(error, said):
    assert explained(error).startswith(said)
    assert len(explained(error)) <= 300
