"""/privacy and /forget: what is kept of a person or a group, and its end."""

from telegram import Message

from bot import privacy as records
from bot.buttons import Verb, button, keyboard
from bot.commands import Who
from bot.handlers.pressed import Pressed
from bot.memory import Kind, Sheet
from bot.office import Office
from bot.outbox import edit_of, reply_to
from bot.privacy import Kept, Whose
from bot.rights import may
from bot.scene import Scene

_KEEP, _MINE, _GROUP = 0, 1, 2


async def privacy(message: Message, _: str, scene: Scene, office: Office) -> None:
    """Reply with what is kept here, of the chat and of who asks, and for how long."""
    words, counted = scene.phrases.privacy, await _counted(scene, office)
    lines = _listed(counted, scene, office)
    besides = words.besides(office.settings.unanswered_days)
    html = "\n".join([*lines, "", besides, "", words.how_to_forget])
    await office.outbox.send(reply_to(message, html))


async def forget(message: Message, _: str, scene: Scene, office: Office) -> None:
    """Ask whether to delete what may be deleted by who asks."""
    words, counted = scene.phrases.privacy, await _counted(scene, office)
    sheet = Sheet(
        Kind.PRIVACY,
        {"user": scene.user, "language": scene.phrases.language},
        asked=message.message_id,
    )
    wishes = []
    if not counted[-1][1].nothing and counted[-1][0].user is not None:
        wishes.append([button(words.mine, Verb.FORGET, sheet.token, _MINE)])
    if (
        not scene.private
        and not counted[0][1].nothing
        and await may(Who.CHAT_ADMIN, scene, office, message=message)
    ):
        wishes.append([button(words.all_of_group, Verb.FORGET, sheet.token, _GROUP)])
    if not wishes:
        await office.outbox.send(reply_to(message, words.nothing_to_forget))
        return
    html = "\n".join([*_listed(counted, scene, office), "", words.watches_end, words.surely])
    buttons = keyboard(*wishes, [button(words.keep, Verb.FORGET, sheet.token, _KEEP)])
    sent = await office.outbox.send(reply_to(message, html, buttons))
    await office.memory.keep(sent.chat.id, sent.message_id, sheet)


async def press(pressed: Pressed, office: Office) -> None:
    """Delete what a button names, if who presses may, and say so where it stood."""
    words, scene, wish = pressed.scene.phrases.privacy, pressed.scene, pressed.press.number(0)
    # What is a whole group's is asked of Telegram now; all else is for who sent the command.
    who = Who.CHAT_ADMIN if wish == _GROUP and not scene.private else Who.ASKER
    if not await may(who, scene, office, sheet=pressed.sheet):
        refusal = words.not_yours if who is Who.ASKER else scene.phrases.rooms.not_allowed
        await office.outbox.answer_press(pressed.query, refusal, alert=True)
        return
    await office.outbox.answer_press(pressed.query)
    said = await _done(wish, scene, office)
    await office.memory.drop(scene.chat, pressed.message.message_id)
    await office.outbox.send(edit_of(pressed.message, said))


async def _done(wish: int, scene: Scene, office: Office) -> str:
    words = scene.phrases.privacy
    if wish == _GROUP and not scene.private:
        whose, said = Whose(chat=scene.chat), words.forgotten_group
    elif wish == _MINE and scene.private:
        whose, said = Whose(user=scene.chat), words.forgotten
    elif wish == _MINE and scene.user is not None:
        whose, said = Whose(scene.chat, scene.user), words.forgotten_here
    else:
        return words.kept_on
    await records.forget(office.data, whose)
    await office.chats.load()
    return said


async def _counted(scene: Scene, office: Office) -> list[tuple[Whose, Kept]]:
    """What is kept, the chat's first; who is not named has nothing of their own."""
    if scene.private:
        asked = [Whose(user=scene.chat)]
    else:
        own = [] if scene.user is None else [Whose(scene.chat, scene.user)]
        asked = [Whose(chat=scene.chat), *own]
    return [(whose, await records.kept(office.data, whose)) for whose in asked]


def _listed(counted: list[tuple[Whose, Kept]], scene: Scene, office: Office) -> list[str]:
    words = scene.phrases.privacy
    lines: list[str] = []
    heads = [words.of_you] if scene.private else [words.of_group, words.yours_here]
    for head, (_, kept) in zip(heads, counted, strict=False):
        lines += [*([""] if lines else []), head, *_lines(kept, scene, office)]
    return lines


def _lines(kept: Kept, scene: Scene, office: Office) -> list[str]:
    words, settings = scene.phrases.privacy, office.settings
    told = (
        (kept.answers, words.answers(kept.answers, settings.remember_days)),
        (kept.watches, words.watches(kept.watches)),
        (kept.votes, words.votes(kept.votes, settings.votes_days)),
        (kept.settings, words.settings(kept.settings)),
        (kept.messages, words.messages(kept.messages)),
    )
    return [f"· {line}" for number, line in told if number] or [words.nothing]
