"""Settings: where they come from, what they mean, and how the wrong ones are refused."""

import logging
import re
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import BotSettings, load_bot_settings
from index import ROOT, IndexSettings, UnknownSetting, load_index_settings, setting_names
from index.settings import Server

TOKEN = "123456:otter-of-the-harbour"


def in_file(tmp_path, text, encoding="utf-8"):
    dotenv = tmp_path / ".env"
    dotenv.write_text(text, encoding)
    dotenv.chmod(0o600)
    return dotenv


def refusal(load, environ=None, dotenv=None):
    with pytest.raises(UnknownSetting) as caught:
        load(environ or {}, dotenv)
    return str(caught.value)


def test_with_nothing_set_everything_has_its_default():
    index, bot = load_index_settings({}, None), load_bot_settings({}, None)

    assert index.url == str(ROOT / "data")
    assert index.folder == ROOT / "data"
    assert index.sources == (ROOT / "seeds",)
    assert (index.model, index.threads, index.batch, index.read) == ("", 0, 64, 8)
    assert (index.reranker, index.golden) == ("", "auto")
    assert (index.query_prompt, index.document_prompt, index.threshold) == ("", "", None)
    assert (bot.token, bot.admins, bot.data) == (None, (), ROOT / "data")
    assert (bot.api_url, bot.patience_s, bot.queue) == ("https://api.telegram.org", 30, 200)


def test_the_environment_goes_before_the_file(tmp_path):
    dotenv = in_file(tmp_path, "INDEX_BATCH=8\nINDEX_THREADS=2\n")

    settings = load_index_settings({"INDEX_BATCH": "16"}, dotenv)

    assert (settings.batch, settings.threads) == (16, 2)


def test_the_environment_of_the_process_is_not_read(monkeypatch):
    monkeypatch.setenv("INDEX_BATCH", "16")

    assert load_index_settings({}, None).batch == 64
    assert IndexSettings().batch == 64


def test_an_empty_value_means_the_default(tmp_path):
    dotenv = in_file(tmp_path, "INDEX_BATCH=8\nINDEX_THRESHOLD=\nINDEX_URL=  \nINDEX_MODEL\n")

    settings = load_index_settings({"INDEX_BATCH": ""}, dotenv)

    assert settings == IndexSettings()


def test_a_missing_file_is_an_empty_one(tmp_path):
    assert load_index_settings({}, tmp_path / ".env") == IndexSettings()


def test_a_file_may_have_comments_quotes_exports_a_mark_of_its_encoding_and_others_settings(
    tmp_path,
):
    text = 'export INDEX_QUERY_PROMPT="query: "  # E5\nPATH_TO_TEA=/tea\nINDEX_MODEL=$HOME/м\n'
    dotenv = in_file(tmp_path, text, "utf-8-sig")

    settings = load_index_settings({"HOME": "/harbour"}, dotenv)

    assert (settings.query_prompt, settings.model) == ("query: ", "$HOME/м")


def test_a_line_that_is_no_setting_is_refused_with_its_number(tmp_path):
    dotenv = in_file(tmp_path, "INDEX_BATCH=8\nan otter swims by\n")

    assert refusal(load_index_settings, {}, dotenv) == (
        f"line 2 of {dotenv} does not read NAME=value; put it right and try again"
    )


def test_a_file_in_another_encoding_is_refused(tmp_path):
    dotenv = in_file(tmp_path, "INDEX_MODEL=thé\n", "latin-1")

    assert refusal(load_index_settings, {}, dotenv) == (
        f"{dotenv} is not UTF-8 text; save it as UTF-8 and try again"
    )


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("INDEX_MODLE", "INDEX_MODEL"),
        ("INDEX_SOURCE", "INDEX_SOURCES"),
        ("INDEX_TRESHOLD", "INDEX_THRESHOLD"),
        ("INDEX_RERANK", "INDEX_RERANKER"),
        ("index_url", "INDEX_URL"),
    ],
)
def test_a_misspelt_setting_names_the_nearest_known_one(name, nearest, tmp_path):
    expected = f"{name} is not a setting; did you mean {nearest}?"

    assert refusal(load_index_settings, {name: "x"}) == expected
    assert refusal(load_index_settings, {}, in_file(tmp_path, f"{name}=x\n")) == expected


def test_every_misspelt_setting_gets_its_line():
    assert refusal(load_bot_settings, {"BOT_TOKN": TOKEN, "BOT_ZZZZ": ""}) == (
        "BOT_TOKN is not a setting; did you mean BOT_TOKEN?\n"
        "BOT_ZZZZ is not a setting; .env.example lists those there are"
    )


def test_each_side_leaves_the_other_ones_settings_alone():
    both = {"BOT_QUEUE": "5", "INDEX_BATCH": "6", "BOTTLES": "7", "INDEXER": "8"}

    assert load_index_settings(both, None).batch == 6
    assert load_bot_settings(both, None).queue == 5


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("BATCH", "many", 'be "many"; what is wanted is a whole number from 1 to 4096'),
        ("BATCH", "0", 'be "0"; what is wanted is a whole number from 1 to 4096'),
        ("THREADS", "-1", 'be "-1"; what is wanted is a whole number; 0 lets torch choose'),
        ("THRESHOLD", "1.5", 'be "1.5"; what is wanted is a number from 0 to 1'),
        ("THRESHOLD", "nan", 'be "nan"; what is wanted is a number from 0 to 1'),
        (
            "SOURCES",
            "https://example.org",
            'be "https://example.org"; what is wanted is files or folders, separated by commas',
        ),
        (
            "URL",
            "mysql://tea:secret@harbour/otters",
            'be "mysql://...@harbour/otters"; what is wanted is a folder, '
            "or postgresql://user:password@host/name",
        ),
        (
            "THREADS",
            "x" * 99,
            f'be "{"x" * 39}…"; what is wanted is a whole number; 0 lets torch choose',
        ),
    ],
)
def test_a_value_that_cannot_be_used_gets_one_plain_sentence(name, value, sentence):
    assert (
        refusal(load_index_settings, {f"INDEX_{name}": value}) == f"INDEX_{name} cannot {sentence}"
    )


@pytest.mark.parametrize("token", ["otter", "123456", ":secret", "12:se cret", "x:secret", "1:é"])
def test_a_token_that_cannot_be_one_is_refused_and_never_shown(token):
    with pytest.raises(UnknownSetting) as caught:
        load_bot_settings({"BOT_TOKEN": token}, None)

    assert str(caught.value) == (
        "BOT_TOKEN cannot be used; what is wanted is the token that @BotFather gave, "
        "digits and a colon first"
    )
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_a_token_is_kept_out_of_what_is_printed():
    settings = load_bot_settings({"BOT_TOKEN": f" {TOKEN} "}, None)

    assert settings.token is not None
    assert settings.token.get_secret_value() == TOKEN
    assert TOKEN not in repr(settings)


def test_places_do_not_depend_on_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/harbour")

    settings = load_index_settings(
        {"INDEX_URL": "~/otters", "INDEX_SOURCES": "tea, /sea/news:more,"}, None
    )

    assert settings.folder.as_posix() == "/harbour/otters"
    assert settings.sources == (ROOT / "tea", ROOT / "/sea/news", ROOT / "more")
    assert load_bot_settings({"BOT_DATA": "state"}, None).data == ROOT / "state"


def test_a_model_is_a_folder_where_there_is_one_and_a_name_where_there_is_none(monkeypatch):
    monkeypatch.setenv("HOME", "/harbour")
    given = {"INDEX_MODEL": "seeds", "INDEX_RERANKER": " tidewater/otter-reranker "}

    settings = load_index_settings(given, None)

    assert (settings.model, settings.reranker) == (
        str(ROOT / "seeds"),
        "tidewater/otter-reranker",
    )
    for name, folder in (("~/otter", "/harbour/otter"), ("./otter", str(ROOT / "otter"))):
        assert load_index_settings({"INDEX_RERANKER": name}, None).reranker == folder


def test_a_database_is_kept_as_it_is_and_has_a_folder_beside_it():
    settings = load_index_settings({"INDEX_URL": "postgresql://otter@harbour/news"}, None)

    assert settings.url == "postgresql://otter@harbour/news"
    assert settings.where == Server("postgresql://otter@harbour/news", ROOT / "data")
    assert settings.folder == ROOT / "data"
    with pytest.raises(UnknownSetting, match="a backup works on a collection in a folder"):
        settings.in_folder("a backup")


def test_the_password_of_a_database_is_shown_nowhere():
    address = "postgresql://otter:very-secret@harbour:5433/news?password=very-secret&host=/run"
    settings = load_index_settings({"INDEX_URL": address}, None)

    assert "very-secret" not in f"{settings!r} {settings.where!r} {settings.where}"
    assert str(settings.where) == "postgresql://harbour:5433/news"


def test_a_replica_goes_with_its_database_and_is_a_database_too():
    replica = "postgresql://otter:very-secret@pool/news"
    given = {"INDEX_URL": "postgresql://otter@harbour/news", "INDEX_REPLICA_URL": replica}
    settings = load_index_settings(given, None)

    assert settings.where == Server("postgresql://otter@harbour/news", ROOT / "data", replica)
    assert "very-secret" not in f"{settings!r} {settings.where!r} {settings.where}"
    assert refusal(load_index_settings, {"INDEX_REPLICA_URL": "data/"}).startswith(
        'INDEX_REPLICA_URL cannot be "data/"; what is wanted is postgresql://'
    )


@pytest.mark.parametrize(
    ("alone", "told"),
    [
        (
            {"INDEX_DATA": "/srv/news"},
            "to keep the collection in /srv/news, set INDEX_URL=/srv/news",
        ),
        ({"INDEX_REPLICA_URL": "postgresql://pool/news"}, "or leave INDEX_REPLICA_URL out"),
    ],
)
def test_what_counts_beside_a_database_only_is_refused_where_no_place_is_named(alone, told):
    assert refusal(load_index_settings, alone).endswith(told)
    assert load_index_settings({**alone, "INDEX_URL": "/srv/try"}, None).url == "/srv/try"
    assert load_index_settings({"INDEX_DATA": "data"}, None).folder == ROOT / "data"


def test_admins_are_numbers_between_commas_or_spaces():
    assert load_bot_settings({"BOT_ADMINS": "1, 2 3,"}, None).admins == (1, 2, 3)
    assert refusal(load_bot_settings, {"BOT_ADMINS": "1,otter"}) == (
        'BOT_ADMINS cannot be "1,otter"; '
        "what is wanted is numeric Telegram user ids, separated by commas"
    )


def test_the_chats_that_are_served_are_numbers_and_groups_have_negative_ones():
    assert load_bot_settings({}, None).chats == ()
    assert load_bot_settings({"BOT_CHATS": "-1001, 7"}, None).chats == (-1001, 7)
    assert refusal(load_bot_settings, {"BOT_CHATS": "@otters"}) == (
        'BOT_CHATS cannot be "@otters"; '
        "what is wanted is numeric Telegram chat ids, separated by commas"
    )


def test_a_bot_api_server_is_an_address_without_its_last_slash():
    assert load_bot_settings({"BOT_API_URL": "http://[::1]:8081/"}, None).api_url == (
        "http://[::1]:8081"
    )
    assert refusal(load_bot_settings, {"BOT_API_URL": "localhost"}).startswith(
        'BOT_API_URL cannot be "localhost"; what is wanted is the http(s) address'
    )


def test_a_webhook_is_https_where_telegram_itself_is_to_bring_updates():
    plain = {"BOT_WEBHOOK_URL": "http://otter.example/hook"}
    ours = load_bot_settings(plain | {"BOT_API_URL": "http://[::1]:8081"}, None)

    assert refusal(load_bot_settings, plain).startswith(
        'BOT_WEBHOOK_URL cannot be "http://otter.example/hook"; what is wanted is the https'
    )
    assert ours.webhook_url == "http://otter.example/hook"


def test_settings_cannot_be_changed_afterwards():
    with pytest.raises(ValueError, match="frozen"):
        load_index_settings({}, None).batch = 2


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o602])
def test_a_token_in_a_file_that_is_open_to_others_is_warned_of_once(mode, tmp_path, caplog):
    dotenv = in_file(tmp_path, f"BOT_TOKEN={TOKEN}\n")
    dotenv.chmod(mode)

    with caplog.at_level(logging.WARNING):
        load_bot_settings({}, dotenv)
        load_bot_settings({}, dotenv)

    assert caplog.messages == [
        f"{dotenv} holds BOT_TOKEN and is open to others; run: chmod 600 {dotenv}"
    ]


@pytest.mark.parametrize(("text", "mode"), [(f"BOT_TOKEN={TOKEN}", 0o600), ("BOT_TOKEN=", 0o644)])
def test_no_warning_without_a_reason(text, mode, tmp_path, caplog):
    dotenv = in_file(tmp_path, text)
    dotenv.chmod(mode)

    load_bot_settings({}, dotenv)

    assert caplog.messages == []


@given(st.text(alphabet="BOT_INDEX=#'\"\\\n\r $é{}\x00", max_size=60))
def test_any_file_at_all_gives_settings_or_one_of_our_errors(tmp_path_factory, text):
    dotenv = tmp_path_factory.mktemp("env") / ".env"
    dotenv.write_text(text, "utf-8")
    dotenv.chmod(0o600)

    for load in (load_index_settings, load_bot_settings):
        with suppress(UnknownSetting):
            load({}, dotenv)


def example_lines():
    return (ROOT / ".env.example").read_text("utf-8").splitlines()


def test_the_example_file_lists_every_setting_and_no_other():
    listed = re.findall(r"(?m)^#?([A-Z_]+)=", "\n".join(example_lines()))

    assert sorted(listed) == sorted([*setting_names(IndexSettings), *setting_names(BotSettings)])


def test_every_setting_in_the_example_file_is_explained_on_the_line_above():
    lines = example_lines()

    for above, line in pairwise(lines):
        if re.match(r"#?[A-Z_]+=", line):
            assert re.fullmatch(r"# [A-Z].*\.", above), line


def test_the_example_file_shows_the_defaults(tmp_path):
    uncommented = re.sub(r"(?m)^#(?=[A-Z_]+=)", "", "\n".join(example_lines()))
    dotenv = in_file(tmp_path, uncommented)

    assert load_index_settings({}, dotenv) == IndexSettings()
    assert load_bot_settings({}, dotenv) == BotSettings()


@pytest.mark.parametrize(
    ("given", "read"), [("auto", "auto"), ("off", "off"), ("0.9", 0.9), ("1", 1.0), ("", "auto")]
)
def test_golden_is_a_rule_or_a_share(given, read):
    assert load_index_settings({"INDEX_GOLDEN": given}, None).golden == read


@pytest.mark.parametrize("given", ["on", "1.5", "-1", "nan"])
def test_golden_is_nothing_else(given):
    said = refusal(load_index_settings, {"INDEX_GOLDEN": given})

    assert said == (
        f'INDEX_GOLDEN cannot be "{given}"; what is wanted is auto, off, or a share from 0 to 1'
    )
