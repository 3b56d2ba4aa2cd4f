"""Telegram's numbers, each typed once."""

MESSAGE_UNITS = 4_000
"""Longest message we send, in UTF-16 units of markup and text together. Telegram takes 4,096
after parsing and does not say in which unit: this is the strictest reading, with some room."""

PLAIN_UNITS = 4_096
"""Longest message that Telegram takes."""

ENTITIES = 100
"""Most formatted pieces (links, quotes, bold) that one message keeps."""

DOWNLOAD_BYTES = 20 * 2**20
"""Largest file that Telegram hands over to a bot."""

NOTICE_CHARACTERS = 200
"""Longest notice that answers a press on a button."""

COPIED_UNITS = 256
"""Longest text that a button copies."""

INLINE_RESULTS = 50
"""Most results of one inline query."""

EDIT_SPAN_S = 1.5
"""The least time between two edits of one message."""

LINK_UNITS = 1_000
"""Longest address we link. Long ones eat the room that Telegram gives all entities together."""

EXACT_LINK_UNITS = 500
"""Longest address that we lengthen by the words it leads to."""

BATCH = 100
"""Most updates that one getUpdates returns."""

LONG_POLL_S = 30
"""How long Telegram holds a getUpdates that has nothing to say."""

WEBHOOK_CONNECTIONS = 40
"""Most updates that Telegram brings to the webhook at once; it allows 100."""

UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "guest_message",
    "my_chat_member",
)
"""The kinds of update we ask for. Telegram remembers the list, so it is sent every time."""

# Telegram names no exact limits: about 1 message a second in a chat, 20 a minute in a group and 30
# a second overall. The spans are a little longer, since it counts when our messages arrive.
CHAT_MESSAGES, CHAT_SPAN_S = 1, 1.05
GROUP_MESSAGES, GROUP_SPAN_S = 20, 61.0
ALL_MESSAGES, ALL_SPAN_S = 30, 1.05
ALL_KEPT_FREE = 10
"""Of these, so many are left to answers when alerts are many."""

GENERAL_TOPIC = 1
"""A forum's General topic has this id, and a message to it must not name it."""
