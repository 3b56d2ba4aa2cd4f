"""The commands that there are, who may give them, and where they are offered."""

from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """Whose wish a command or a button is."""

    ANYONE = "anyone"
    ASKER = "asker"
    CHAT_ADMIN = "chat admin"
    BOT_ADMIN = "bot admin"


@dataclass(frozen=True, slots=True)
class Command:
    """A command by its name; offered in groups, in private, or both."""

    name: str
    who: Who = Who.ANYONE
    groups: bool = True
    private: bool = True


COMMANDS = (
    Command("ask"),
    Command("search"),
    Command("latest"),
    Command("sources"),
    Command("watch"),
    Command("watches"),
    Command("unwatch"),
    Command("about"),
    Command("stats"),
    Command("privacy"),
    Command("forget"),
    Command("help"),
    Command("start", groups=False),
    Command("settings", Who.CHAT_ADMIN),
    Command("article", groups=False),
    Command("reindex", Who.BOT_ADMIN, groups=False),
    Command("status", Who.BOT_ADMIN, groups=False),
    Command("unanswered", Who.BOT_ADMIN, groups=False),
    Command("addsource", Who.BOT_ADMIN, groups=False),
)
"""In the order in which Telegram shows them."""

BY_NAME = {command.name: command for command in COMMANDS}
