"""Who may be asked: addresses in every disguise, and robots.txt as RFC 9309 reads it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.errors import Unreadable
from index.fetching.addresses import is_public, web_url
from index.fetching.robots import Robots, Rules, rules_for


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.9.9", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1"),
        *("::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1"),
    ],
)
def test_an_address_of_the_machine_or_its_network_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822", "::ffff:93.184.216.34"],
)
def test_an_address_of_the_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/", "file:///x", "javascript:alert(1)", "//a.example", "x", "", "http:"],
)
def test_only_web_addresses_are_fetched(url):
    with pytest.raises(Unreadable, match="only http and https"):
        web_url(url)


@example("http://[")
@example("http://a:99999/")
@example("http://\ud800/")
@given(st.text(alphabet="htp:/[]@%.?#\\a1é \n\ud800", max_size=30).map(lambda t: f"http:{t}"))
def test_any_address_is_taken_or_refused_in_one_line(url):
    try:
        assert web_url(url).host
    except Unreadable as refused:
        assert "\n" not in str(refused)  # noqa: PT017 - either is right


RULES = """
# of the harbour
User-agent: Nosy
Disallow: /

User-Agent: otterbot
User-Agent: QuoteWire/2.0   # us
Allow: /news/*.html$
Disallow: /news/
Disallow: /*?session=
Disallow: /caf%C3%A9
Crawl-delay: 2
Disallow:
Sitemap: http://harbour.example/sitemap.xml

User-agent: *
Disallow: /
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/about", True),
        ("/news/", False),
        ("/news/otters.html", True),
        ("/news/otters.html?x=1", False),
        ("/about?session=4", False),
        ("/café/menu", False),
        ("/caf%c3%a9", False),
    ],
)
def test_the_longest_rule_of_our_own_group_decides(path, allowed):
    assert rules_for("Quotewire", RULES).allow(path) is allowed


def test_who_is_not_named_follows_the_rules_for_everyone():
    assert not rules_for("Heron", RULES).allow("/about")


def test_the_delay_of_the_group_is_read():
    assert rules_for("Quotewire", RULES).delay_s == 2.0


def test_allow_wins_a_tie():
    assert Rules((("/news", False), ("/news", True))).allow("/news/otters")


@pytest.mark.parametrize("text", ["", "<html>not found</html>", "Disallow: /", "\ufeff#\n::\n:"])
def test_what_says_nothing_to_us_allows_everything(text):
    assert rules_for("Quotewire", text).allow("/news")


@given(st.text(alphabet="/*$a%?", max_size=12), st.text(alphabet="/a%?é", max_size=12))
def test_any_pattern_and_any_path_give_an_answer(pattern, path):
    assert rules_for("Q", f"User-agent: *\nDisallow: {pattern}").allow(f"/{path}") in {True, False}


def test_a_pattern_of_many_stars_takes_no_time():
    rules = rules_for("Q", "User-agent: *\nDisallow: /" + "*a" * 400 + "$")

    assert rules.allow("/" + "a" * 5000 + "b")


def test_a_delay_is_never_longer_than_half_a_minute():
    robots = Robots(lambda _: "User-agent: *\nCrawl-delay: 86400", agent="Quotewire")

    assert robots.delay_s("http://harbour.example/") == 30.0
