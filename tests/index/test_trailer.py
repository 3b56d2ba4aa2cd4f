import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.article import Credit
from index.trailer import is_furniture, split_trailer

BODY = "Sea otters hold hands.\nThe harbour is calm."
LINK = "https://harbour.example/a"


@pytest.mark.parametrize(
    ("trailer", "credit"),
    [
        (
            f"\nfrom Tide – The Daily Tide {LINK}\nvia Gull News\nNo comments:",
            Credit(publisher="The Daily Tide", via="Gull News", url=LINK),
        ),
        (
            f"\nfrom Tide – The Daily Tide {LINK} via Gull News No comments:",
            Credit(publisher="The Daily Tide", via="Gull News", url=LINK),
        ),
        (
            f" from Harbour Times {LINK} via IFTTT",
            Credit(publisher="Harbour Times", via="IFTTT", url=LINK),
        ),
        (
            f"\n\nfrom Harbour Times\n\n{LINK}\n\nvia IFTTT\n\nShare:\nTweet\nLike Loading...",
            Credit(publisher="Harbour Times", via="IFTTT", url=LINK),
        ),
        (f"\nFrom Harbour Times {LINK}.", Credit(publisher="Harbour Times", url=LINK)),
        ("\nfrom Harbour Times\nvia IFTTT", Credit(publisher="Harbour Times", via="IFTTT")),
        ("\nSource: Harbour Times", Credit(publisher="Harbour Times")),
        ("\nvia Gull News\n3 comments", Credit(via="Gull News")),
        (f"\nfrom World – Gull News {LINK}", Credit(publisher="World – Gull News", url=LINK)),
    ],
)
def test_a_credit_is_taken_off_and_read(trailer, credit):
    assert split_trailer(BODY + trailer) == (BODY, credit)


@pytest.mark.parametrize(
    "line",
    [
        "No comments:",
        "12 comments",
        "Leave a comment",
        "Share this:",
        "Tweet",
        "Facebook Twitter Email More",
        "Click to share on Facebook (Opens in new window)",
        "Read more: Otters sleep in the bay",
        "Posted by Harbour Master at 10:00",
        "Labels: otters, tea",
        "Subscribe to our newsletter",
        "Filed under Otters",
        "The post Otters of the Bay appeared first on The Daily Tide.",
        "Email This BlogThis! Share to X Share to Facebook",
    ],
)
def test_share_furniture_at_the_end_is_taken_off(line):
    assert split_trailer(f"{BODY}\n\n{line}\n") == (BODY, Credit())
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "from Damascus to Deir Ezzor, the road is open.",
        "From the harbour office comes word of tea: http://harbour.example",
        "from Damascus to the coast, the road is open, see http://harbour.example",
        "via Palmyra, the convoy reached the river.",
        "via the old harbour road",
        "from Damascus",
        "Share prices on the quay fell 3 percent.",
        "Posted by the door, a guard watched the harbour.",
        "Tweets are no longer read aloud.",
        "No comments were made by the mayor.",
        "Read more about it in http://harbour.example/a than anyone did.",
    ],
)
def test_an_ordinary_sentence_stays(line):
    assert split_trailer(f"{BODY}\n{line}") == (f"{BODY}\n{line}", Credit())


def test_a_trailer_alone_leaves_nothing():
    assert split_trailer("No comments:\n") == ("", Credit())


WORDS = [
    "from ",
    "via ",
    "Tide",
    " – ",
    LINK + " ",
    "\n",
    " ",
    ".",
    "No comments:",
    "Tweet",
    "Source: ",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=12).map("".join))
@example(f"from {LINK}\nvia Tide")
@example("\u00a0\nvia Tide\n")
def test_what_is_left_is_the_beginning_and_has_no_trailer_any_more(text):
    kept, credit = split_trailer(text)

    assert text.startswith(kept)
    assert kept == kept.rstrip()
    assert credit.url in ("", LINK)
    if not credit.publisher and not credit.via:
        assert split_trailer(kept) == (kept, Credit())


@settings(deadline=None)
@given(st.text(alphabet="aB from via\nhttp://.", max_size=80))
def test_nothing_but_the_end_is_taken(text):
    assert text.startswith(split_trailer(text + "\nThe harbour is calm.")[0].rsplit("\n", 1)[0])


@pytest.mark.parametrize(
    "noise", ["from " * 50_000, "Tweet\n" * 50_000, f"from A {LINK} " * 20_000]
)
def test_noise_does_not_blow_up(noise):
    assert noise.startswith(split_trailer(noise)[0])
