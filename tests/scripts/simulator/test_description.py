"""Requests are held against the published description of the Bot API."""

import pytest

from scripts.simulator import description

pytestmark = pytest.mark.skipif(
    not description.available(), reason="../shared/bot-api/api.json is not beside this checkout"
)


def test_a_right_request_has_no_faults():
    reply = {"message_id": 5, "allow_sending_without_reply": True}

    assert (
        description.faults("sendMessage", {"chat_id": 7, "text": "a", "reply_parameters": reply})
        == []
    )


@pytest.mark.parametrize(
    ("method", "fields", "fault"),
    [
        ("sendMesage", {}, "there is no method sendMesage"),
        ("sendMessage", {"chat_id": 7}, "sendMessage: text is missing"),
        ("sendMessage", {"chat_id": 7, "text": "a", "to": 1}, "sendMessage: unknown field to"),
        (
            "sendMessage",
            {"chat_id": 7.5, "text": "a"},
            "sendMessage: chat_id is not Integer or String",
        ),
        (
            "sendMessage",
            {"chat_id": 7, "text": "a", "reply_parameters": {"message": 5}},
            "sendMessage: reply_parameters is not ReplyParameters",
        ),
        (
            "setMyCommands",
            {"commands": [{"command": "ask"}]},
            "setMyCommands: commands is not Array of BotCommand",
        ),
        (
            "getUpdates",
            {"allowed_updates": "message"},
            "getUpdates: allowed_updates is not Array of String",
        ),
    ],
)
def test_a_wrong_request_is_told(method, fields, fault):
    assert description.faults(method, fields) == [fault]
