"""Messages for chats where the bot may not be: text and links, without buttons to press."""

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode

from bot import deeplinks
from bot.listing import plain
from bot.render import page_html
from bot.scene import Scene
from index import Passage

_TITLE, _DESCRIPTION = 100, 200
_NO_LINK_PREVIEW = LinkPreviewOptions(is_disabled=True)


def passage_result(
    passage: Passage, generation: int, scene: Scene, username: str
) -> InlineQueryResultArticle:
    """A passage to choose: its article's title, its best sentence, and the message it becomes."""
    words, credit = scene.phrases.answers, passage.credit
    names = (plain(each, _TITLE) for each in (credit.title, credit.publisher))
    title = next(filter(None, names), words.source_unknown)
    return message_result(
        f"{generation}.{passage.paragraph}",
        page_html((passage,), words),
        title=title,
        description=passage.best_sentence,
        below=article_button(passage, scene, username),
    )


def message_result(
    identifier: str,
    html: str,
    *,
    title: str,
    description: str = "",
    below: InlineKeyboardMarkup | None = None,
) -> InlineQueryResultArticle:
    """A result that becomes the message `html`; title and description are cut to what shows."""
    return InlineQueryResultArticle(
        identifier,
        plain(title, _TITLE),
        InputTextMessageContent(
            html, parse_mode=ParseMode.HTML, link_preview_options=_NO_LINK_PREVIEW
        ),
        reply_markup=below,
        description=plain(description, _DESCRIPTION) or None,
    )


def article_button(passage: Passage, scene: Scene, username: str) -> InlineKeyboardMarkup:
    """A button that opens the article at the passage, in the private chat with the bot."""
    url = deeplinks.address(username, deeplinks.at_paragraph(passage.paragraph))
    button = InlineKeyboardButton(scene.phrases.lookups.read_here, url=url)
    return InlineKeyboardMarkup([[button]])
