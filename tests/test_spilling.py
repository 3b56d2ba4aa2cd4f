"""What watches over the token in the tests sees it where it is."""

from scripts.simulator.api import TOKEN
from tests.support.spilling import spilled_in, spilled_under


def test_the_token_is_seen_in_what_was_captured():
    half = TOKEN.partition(":")[2]

    assert spilled_in([("stdout", "otters"), ("log", f"bot42%3A{half}/getMe")]) == ["log"]


def test_the_token_is_seen_in_a_file_and_let_be_in_settings(tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "otters.log").write_text(f"GET /bot{TOKEN}/getMe")
    (folder / ".env").write_text(f"BOT_TOKEN={TOKEN}")
    (folder / "other.log").write_text("all is well")

    found = spilled_under(tmp_path)
    (folder / "otters.log").unlink()  # or else it is found once more, at the end

    assert found == [folder / "otters.log"]
