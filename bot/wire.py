"""The connection to Telegram, with every call counted by what became of it."""

import json
import time
from typing import Any

from telegram.error import NetworkError, TimedOut
from telegram.request import HTTPXRequest

from bot.metrics import Metrics

OTHER = "other"

METHODS = frozenset(
    {
        *("getMe", "getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo"),
        *("sendMessage", "sendChatAction", "editMessageText", "editMessageReplyMarkup"),
        *("deleteMessage", "answerCallbackQuery", "answerInlineQuery", "answerGuestQuery"),
        *("getChat", "getChatMember", "leaveChat", "getFile"),
        *("setMyCommands", "deleteMyCommands", "setMyDescription", "setMyShortDescription"),
        *("getMyDescription", "getMyShortDescription"),
    }
)
"""The methods that are counted by name."""

_OUTCOMES = {
    200: "ok",
    400: "refused",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    429: "flood",
}


class Wire(HTTPXRequest):
    """PTB's way of calling Telegram, watched."""

    def __init__(self, metrics: Metrics, **options: Any) -> None:
        super().__init__(**options)
        self._metrics = metrics

    async def do_request(self, url: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Call, and count what came of it."""
        method, began = url.rpartition("/")[2], time.perf_counter()
        outcome = ""
        try:
            status, body = await super().do_request(url, *args, **kwargs)
            outcome = _outcome(status)
        except TimedOut:
            outcome = "timeout"
            raise
        except NetworkError:
            outcome = "network"
            raise
        else:
            if outcome == "flood":
                self._metrics.silenced(_silence_in(body))
            return status, body
        finally:
            if outcome:  # else it was given up by us
                known = method if method in METHODS else OTHER
                self._metrics.called(known, outcome, time.perf_counter() - began)


def _outcome(status: int) -> str:
    return _OUTCOMES.get(status, "server_error" if status >= 500 else OTHER)


def _silence_in(body: bytes) -> float:
    """The seconds of silence that a 429 asks for; 0 where it cannot be read."""
    try:
        return max(0.0, float(json.loads(body)["parameters"]["retry_after"]))
    except (ValueError, KeyError, TypeError):
        return 0.0
