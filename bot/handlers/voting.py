"""Votes on an answer: one a person, with a reason where it did not help."""

from bot.buttons import Verb, button, keyboard
from bot.given import from_json
from bot.handlers.pressed import Pressed
from bot.handlers.turning import still_shown, turn
from bot.office import Office
from bot.outbox import edit_of
from bot.privacy import DAY_S
from bot.votes import Reason, Vote, Votes


async def vote(pressed: Pressed, office: Office) -> None:
    """Keep a vote; one against the answer is asked for its reason."""
    helpful = bool(pressed.press.number(1))
    words = pressed.scene.phrases.answers
    # A vote against it has the same text sent again.
    if not helpful and not await still_shown(pressed, office):
        return
    await office.outbox.answer_press(
        pressed.query, words.thanks if helpful else words.what_was_wrong
    )
    await _cast(pressed, office, helpful=helpful)
    if helpful:
        return
    page, token = pressed.press.number(0), pressed.sheet.token
    reasons = [
        [button(words.reason(reason), Verb.REASON, token, page, place)]
        for place, reason in enumerate(Reason)
    ]
    buttons = keyboard(*reasons, [button(words.back, Verb.PAGE, token, page)])
    await office.outbox.send(edit_of(pressed.message, pressed.sheet.told["html"], buttons))


async def reason(pressed: Pressed, office: Office) -> None:
    """Add the reason to a vote, and show the answer again."""
    reasons = list(Reason)
    chosen = reasons[min(max(pressed.press.number(1), 0), len(reasons) - 1)]
    await _cast(pressed, office, helpful=False, reason=chosen)
    await turn(pressed, office, notice=pressed.scene.phrases.answers.thanks)


async def _cast(pressed: Pressed, office: Office, *, helpful: bool, reason: str = "") -> None:
    kept, user = from_json(pressed.sheet.told), pressed.scene.user
    if kept is None or user is None or pressed.press.number(0) != kept.page:
        return
    paragraphs = tuple(each.paragraph for each in kept.on_page)
    cast = Vote(user, helpful, kept.question, paragraphs, reason)
    kept_s = office.settings.votes_days * DAY_S
    await Votes(office.data, kept_s=kept_s).cast(
        pressed.scene.chat, pressed.message.message_id, cast
    )
