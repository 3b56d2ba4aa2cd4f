import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.article import Credit
from index.errors import Unreadable
from index.readers import read
from index.readers.eml import articles, looks_right

OTTERS = "Sea otters hold hands while they sleep, so that the tide cannot part them."
TEA = "The harbour master drinks his tea at five, come rain or shine, and alone."
HEAD = (
    'From: "The Daily Tide" <news@tide.example>\r\nTo: reader@gull.example\r\n'
    "Subject: =?utf-8?q?Fwd=3A_Otters_of_the_B=C3=A4y?=\r\n"
    "Date: Sat, 16 Sep 2017 10:00:00 +0200 (CEST)\r\nMessage-ID: <1@tide.example>\r\n"
    "MIME-Version: 1.0\r\n"
)


ENCRYPTED = "an encrypted message; save a copy that is not"


def mail(body, kind="text/plain; charset=utf-8", more=""):
    return f"{HEAD}{more}Content-Type: {kind}\r\n\r\n{body}".encode()


def both(plain, markup):
    return mail(
        f"--B\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{plain}\r\n--B\r\n"
        f"Content-Type: text/html; charset=utf-8\r\n\r\n{markup}\r\n--B\r\n"
        "Content-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nNo text.\r\n--B--\r\n",
        "multipart/alternative; boundary=B",
    )


def quotes(article):
    return [article.text[span.start : span.end] for span in article.spans]


def test_sender_subject_and_date_are_the_credit():
    (article,) = articles(
        mail(
            f"{OTTERS}\r\n",
            more="Content-Language: en-GB\r\nArchived-At: <https://t.example/1>\r\n",
        )
    )

    assert article.credit == Credit(
        title="Otters of the Bäy",
        publisher="The Daily Tide",
        published="2017-09-16T10:00:00+02:00",
        url="https://t.example/1",
    )
    assert (article.text, article.language) == (OTTERS, "en")


def test_signatures_replies_and_what_a_newsletter_says_of_itself_are_not_quoted():
    text = (
        f"View this email in your browser <https://tide.example/v>\r\n\r\n{OTTERS}\r\n\r\n"
        f"> You wrote that otters\r\n> swim.\r\n\r\n{TEA} <https://tide.example/tea>\r\n\r\n"
        "You are receiving this email because you signed up at tide.example.\r\n\r\n"
        "Unsubscribe from this list: https://tide.example/u\r\n\r\n"
        "© 2017 The Daily Tide, Harbour Street 3\r\n\r\n-- \r\nAnn Gull, Tidewater\r\n"
    )

    (article,) = articles(mail(text))

    assert quotes(article) == [OTTERS, TEA]


def test_flowed_lines_are_joined():
    text = OTTERS.replace("hands ", "hands \r\n") + f"\r\n\r\n{TEA}\r\n"

    (article,) = articles(mail(text, "text/plain; format=flowed"))

    assert quotes(article) == [OTTERS, TEA]


def test_the_text_is_preferred_to_the_html_unless_it_is_a_poor_cousin():
    markup = (
        '<html><body><div style="display:none">Otters, tea, more</div><table>'
        f"<tr><td><h2>Tea</h2><p>{TEA}</p></td></tr></table><p>{OTTERS}</p>"
        '<p><a href="https://tide.example/u">Unsubscribe</a></p></body></html>'
    )

    (rich,) = articles(both("Your program cannot show HTML.", markup))
    (plain,) = articles(both(f"{OTTERS}\r\n\r\n{TEA}", markup))

    assert quotes(rich) == [TEA, OTTERS]
    assert [span.heading for span in rich.spans] == ["Tea", "Tea"]
    assert quotes(plain) == [OTTERS, TEA]


def test_a_message_in_an_old_encoding_is_read():
    body = "Морские выдры держатся за руки, пока спят, чтобы течение их не разнесло."
    data = (
        HEAD.encode() + b"Content-Type: text/plain; charset=koi8-r\r\n\r\n" + body.encode("koi8-r")
    )

    (article,) = articles(data)

    assert article.text == body


@pytest.mark.parametrize("name", ["a.eml", "a.txt"])
def test_a_message_is_known_by_its_header_lines(tmp_path, name):
    (tmp_path / name).write_bytes(mail(OTTERS))

    (article,) = read(tmp_path / name)

    assert article.credit.publisher == "The Daily Tide"


@pytest.mark.parametrize(
    "head",
    [
        "Title: Otters\nBy: Ann Gull\nDate: 16 September 2017\nSource: Tide\n\nText",
        "Message-ID: the harbour master has many of them\n\nText",
        f"{OTTERS}\n\nFrom: tea\nMessage-ID: 3",
    ],
)
def test_an_article_with_lines_of_credit_is_no_message(head):
    assert not looks_right(head)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            mail("", "multipart/encrypted; boundary=B"),
            ENCRYPTED,
        ),
        (mail("x", "application/pkcs7-mime"), ENCRYPTED),
        (mail("x", "image/png"), "no article text found"),
        (
            mail("--B\r\n\r\nx\r\n" * 300 + "--B--", "multipart/mixed; boundary=B"),
            "a message of more than 200 parts",
        ),
    ],
)
def test_what_cannot_be_read_says_why(data, reason):
    with pytest.raises(Unreadable) as raised:
        articles(data)

    assert str(raised.value) == reason


PIECES = (
    "From: a\r\n¦Subject: =?utf-8?b?4p¦=?x?q?=¦Date: ¦Message-ID: \r\n¦\r\n¦--B¦--B--¦;=\x00¦é"
    "¦Content-Type: multipart/mixed; boundary=B\r\n¦Content-Transfer-Encoding: base64\r\n"
    '¦Content-Type: text/html; charset=utf-7; format=flowed\r\n¦<p>¦Otters sleep. ¦(¦"<@>'
)


@given(st.lists(st.sampled_from(PIECES.split("¦")), max_size=25).map("".join))
@example("From: a\r\nDate: (\r\nMessage-ID: \r\n\r\nx")
def test_any_message_gives_an_article_or_a_reason(text):
    said = outcome(text.encode())

    assert said.splitlines() == [said] if isinstance(said, str) else said.spans


def outcome(data):
    try:
        (article,) = articles(data)
    except Unreadable as reason:
        return str(reason)
    return article
