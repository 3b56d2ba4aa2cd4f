"""Any SentenceTransformer may be set: with prompts, of any width, and with no code of its own."""

import gc
import json
import os

import numpy as np
import pytest

from index import IndexSettings
from index.embedder import fingerprint, is_halved, load_embedder, model_name
from index.errors import ModelMissing
from index.live import model_of
from index.settings import Precision
from tests.support.models import sentence_model

WORDS = {"otters": 1, "sleep": 2, "tea": 3, "query": 4, "passage": 5}


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return sentence_model(tmp_path_factory.mktemp("plain"), WORDS)


@pytest.fixture(scope="module")
def prompted(tmp_path_factory):
    prompts = {"query": "query: ", "passage": "passage: "}
    return sentence_model(tmp_path_factory.mktemp("prompted"), WORDS, prompts=prompts)


def copied(folder, tmp_path):
    """The folder again, to be spoilt."""
    spoilt = tmp_path / "model"
    spoilt.mkdir()
    for file in folder.rglob("*"):
        if file.is_file():
            copy = spoilt / file.relative_to(folder)
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(file.read_bytes())
    return spoilt


def refusal(name):
    with pytest.raises(ModelMissing) as caught:
        load_embedder(str(name))
    return str(caught.value)


def test_a_folder_may_be_named_and_its_vectors_are_made_one_long(plain):
    embedder = load_embedder(str(plain))

    queries = embedder.encode_queries(["Otters sleep?", "tea"])
    documents = embedder.encode_documents(["Otters sleep.", "Tea, tea and otters."])

    assert embedder.width == 32
    assert embedder.name == model_name(str(plain)) == f"model@{embedder.name[-8:]}"
    assert np.linalg.norm(documents, axis=1) == pytest.approx([1.0, 1.0])
    assert queries @ documents.T == pytest.approx(
        np.array([[1.0, 1 / np.sqrt(10)], [0.0, 2 / np.sqrt(5)]]), abs=1e-5
    )


def test_a_model_may_have_another_width(tmp_path):
    embedder = load_embedder(str(sentence_model(tmp_path, WORDS, width=16)))

    assert embedder.width == 16
    assert embedder.encode_documents(["tea", "otters", "sleep"]).shape == (3, 16)


@pytest.mark.parametrize("query", [True, False])
def test_reading_closely_gives_the_vectors_that_the_library_gives(prompted, query):
    embedder = load_embedder(str(prompted))
    encode = embedder.encode_queries if query else embedder.encode_documents
    texts = ["tea", "Otters sleep, and otters drink tea.", "sleep sleep"]

    vectors, tokens = embedder.encode_closely(texts, query=query)

    assert vectors == pytest.approx(encode(texts), abs=1e-6)
    assert tokens is not None
    apart = [embedder.encode_closely([text], query=query)[1][0] for text in texts]
    assert [each.spans for each in tokens] == [each.spans for each in apart]
    for one, other in zip(tokens, apart, strict=True):
        assert one.vectors == pytest.approx(other.vectors, abs=1e-6)


@pytest.mark.parametrize("query", [True, False])
def test_what_a_model_drops_by_chance_in_training_is_not_dropped_here(plain, tmp_path, query):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dropout

    folder = str(tmp_path / "dropping")
    SentenceTransformer(modules=[*SentenceTransformer(str(plain)), Dropout(0.5)]).save(folder)
    embedder = load_embedder(folder)

    vectors, _ = embedder.encode_closely(["otters drink tea"], query=query)

    exact, _ = load_embedder(str(plain)).encode_closely(["otters drink tea"], query=query)
    assert vectors.tolist() == exact.tolist()


def test_half_the_digits_give_nearly_the_same_vectors(plain):
    whole = load_embedder(str(plain), precision=Precision.FLOAT32)
    half = load_embedder(str(plain), precision=Precision.BFLOAT16)
    texts = ["tea", "Otters sleep, and otters drink tea."]

    rows, tokens = half.encode_closely(texts, query=False)

    assert half.name == whole.name
    assert rows.dtype == tokens[0].vectors.dtype == np.float32
    assert rows == pytest.approx(whole.encode_documents(texts), abs=0.01)
    assert half.encode_documents(texts) == pytest.approx(rows, abs=0.001)


@pytest.mark.parametrize(
    ("precision", "packaged", "halved"),
    [
        (Precision.FLOAT32, True, False),
        (Precision.BFLOAT16, False, True),
        (Precision.AUTO, False, False),
    ],
)
def test_another_model_than_the_packaged_one_keeps_its_digits_unless_told(
    precision, packaged, halved
):
    assert is_halved(precision, packaged=packaged) is halved


def test_what_the_model_brings_is_passed_over_by_the_collector_of_garbage():
    load_embedder()

    assert gc.get_freeze_count() > 100_000


def test_the_packaged_model_has_half_the_digits_where_the_processor_computes_with_them():
    import torch

    can = torch.cpu.get_capabilities().get("avx512_bf16", False)

    assert is_halved(Precision.AUTO, packaged=True) is can


@pytest.mark.parametrize(("query", "other"), [(True, "query"), (False, "passage")])
def test_the_prompts_that_come_with_a_model_are_used_and_not_read_as_text(prompted, query, other):
    embedder = load_embedder(str(prompted))
    encode = embedder.encode_queries if query else embedder.encode_documents

    (row,) = encode(["tea"])
    _, tokens = embedder.encode_closely(["tea otters", "sleep"], query=query)

    bare = sentence_rows(embedder, ["tea", other])
    assert row == pytest.approx((bare[0] + bare[1]) / np.sqrt(2), abs=1e-5)
    assert tokens is not None
    assert [each.spans for each in tokens] == [((0, 3), (4, 10)), ((0, 5),)]
    assert tokens[0].vectors[0] == pytest.approx(bare[0], abs=1e-5)


def sentence_rows(embedder, words):
    """The vectors of single words, without a prompt."""
    _, tokens = embedder.encode_closely(words, query=True)
    return [each.vectors[0] for each in tokens]


def test_prompts_that_are_set_go_before_those_of_the_model_and_make_another_name(prompted):
    as_it_is = load_embedder(str(prompted))
    embedder = load_embedder(str(prompted), query_prompt="sleep: ")

    (row,) = embedder.encode_queries(["tea"])

    tea, sleep = sentence_rows(embedder, ["tea", "sleep"])
    assert row == pytest.approx((tea + sleep) / np.sqrt(2), abs=1e-5)
    assert embedder.name == model_name(str(prompted), query_prompt="sleep: ")
    assert embedder.name.startswith(f"{as_it_is.name}+prompts@")


def test_without_places_of_its_tokens_a_model_is_not_read_closely(plain, tmp_path):
    folder = copied(plain, tmp_path)
    (folder / "tokenizer.json").unlink()
    config = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))
    config["tokenizer_class"] = "ByT5Tokenizer"
    (folder / "tokenizer_config.json").write_text(json.dumps(config), "utf-8")
    settings = {"vocab_size": 384}

    embedder = load_embedder(str(with_vocabulary(folder, **settings)))

    assert embedder.encode_queries(["tea"]).shape == (1, 32)
    assert embedder.encode_closely(["tea"], query=False)[1] is None
    vectors, tokens = embedder.encode_closely(["tea"], query=True)
    assert tokens is None
    assert vectors.tolist() == embedder.encode_queries(["tea"]).tolist()


def with_vocabulary(folder, *, vocab_size):
    """The model with that many tokens, all alike."""
    from safetensors.numpy import load_file, save_file

    file = folder / "model.safetensors"
    weights = load_file(file)
    (name,) = (name for name in weights if name.endswith("word_embeddings.weight"))
    row = weights[name][-1:]
    weights[name] = np.repeat(row, vocab_size, axis=0)
    save_file(weights, file, metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps({**config, "vocab_size": vocab_size}), "utf-8")
    return folder


def test_a_changed_folder_is_another_model(plain, tmp_path):
    folder = copied(plain, tmp_path)
    assert fingerprint(str(folder)) == fingerprint(str(plain))

    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps({**config, "initializer_range": 1}), "utf-8")

    assert fingerprint(str(folder)) != fingerprint(str(plain))


def test_code_that_a_model_brings_is_never_run(plain, tmp_path):
    folder = copied(plain, tmp_path)
    ran = tmp_path / "ran"
    (folder / "otter.py").write_text(f"open({str(ran)!r}, 'w')\nclass Otter: ...\n", "utf-8")
    modules = json.loads((folder / "modules.json").read_text("utf-8"))
    modules[0]["type"] = "otter.Otter"
    (folder / "modules.json").write_text(json.dumps(modules), "utf-8")

    assert refusal(folder) == (
        f"the model {str(folder)!r} brings code of its own, which is never run; "
        "set INDEX_MODEL to another model, or leave it empty for the packaged one"
    )
    assert not ran.exists()


def test_a_model_that_is_not_here_is_not_fetched_and_the_words_say_how_to(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")

    assert refusal("tidewater/otter-base") == (
        "the model 'tidewater/otter-base' is not on this machine and nothing is downloaded at run "
        "time; run hf download tidewater/otter-base, or set INDEX_MODEL to another model, or "
        "leave it empty for the packaged one"
    )
    assert os.environ["HF_HUB_OFFLINE"] == "1"


def test_a_folder_that_is_missing_or_holds_no_model_is_told_apart(plain, tmp_path):
    assert refusal(tmp_path / "none").startswith(f"there is no folder {tmp_path / 'none'}; set")
    assert refusal(tmp_path) == (
        f"the model in {tmp_path} cannot be loaded (ValueError); see that the folder is whole, "
        "or set INDEX_MODEL to another model, or leave it empty for the packaged one"
    )
    folder = copied(plain, tmp_path)
    (folder / "model.safetensors").write_bytes(b"otters")
    assert refusal(folder).startswith(f"the model in {folder} cannot be loaded (")


def test_the_settings_name_the_model_and_its_prompts(plain):
    settings = IndexSettings(model=str(plain), query_prompt="query: ")

    model = model_of(settings)

    assert model.name == model_name(str(plain), query_prompt="query: ")
    assert model.load().name == model.name
