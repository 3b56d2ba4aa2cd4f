"""Read settings from an environment and a .env file, and refuse those that mean nothing."""

import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from dotenv.parser import parse_stream
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from index.errors import UnknownSetting

ROOT = Path(__file__).resolve().parent.parent

SettingsT = TypeVar("SettingsT", bound="Settings")


class Precision(StrEnum):
    """What a model's numbers are computed in."""

    AUTO = "auto"
    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"


class Settings(BaseSettings):
    """Settings made of the values given alone: constructing them reads no environment.

    A field's description says what is wanted, as it is put to the person who got it wrong.
    """

    model_config = SettingsConfigDict(frozen=True, validate_default=True, allow_inf_nan=False)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library calls it so
        init_settings: PydanticBaseSettingsSource,
        *_: PydanticBaseSettingsSource,
        **__: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the values of the constructor and of nothing else."""
        return (init_settings,)


def rooted(path: Path) -> Path:
    """Give the path from the repository's root, whatever the current folder is."""
    return Path(os.path.normpath(ROOT / path.expanduser()))


def _collection(url: str) -> str:
    url = url.strip()
    if url.startswith(("postgresql://", "postgres://")):
        return url
    if "://" in url:
        raise ValueError("neither a folder nor PostgreSQL")
    return str(rooted(Path(url)))


def _replica(url: str) -> str:
    url = url.strip()
    if url and not url.startswith(("postgresql://", "postgres://")):
        raise ValueError("not PostgreSQL")
    return url


def _model(name: str) -> str:
    """A model's folder where there is one of this name, else the name as it is."""
    name = name.strip()
    folder = rooted(Path(name))
    return str(folder) if name and (name[0] in "/.~" or folder.is_dir()) else name


def _separate_paths(value: object) -> object:
    if not isinstance(value, str):
        return value
    if "://" in value:
        raise ValueError("an address is not a file")
    parts = value.replace(os.pathsep, ",").split(",")
    return tuple(part.strip() for part in parts if part.strip())


RootedPath = Annotated[Path, AfterValidator(rooted)]
ModelName = Annotated[str, AfterValidator(_model)]


@dataclass(frozen=True, slots=True)
class Server:
    """A database that holds a collection, and the folder of what this machine keeps beside it."""

    url: str = field(repr=False)  # it has the password
    folder: Path
    replica: str = field(default="", repr=False)  # the address of a copy to read from

    def __str__(self) -> str:
        return re.sub(r"//[^/]*@|[?].*", lambda hit: "//" * hit[0].startswith("//"), self.url)


Where = Path | Server
"""Where a collection is."""


class IndexSettings(Settings):
    """Where the collection is, what it is fed from, and how it reads and judges."""

    model_config = SettingsConfigDict(env_prefix="INDEX_")

    url: Annotated[str, AfterValidator(_collection)] = Field(
        "data/", description="a folder, or postgresql://user:password@host/name", repr=False
    )
    replica_url: Annotated[str, AfterValidator(_replica)] = Field(
        "", description="postgresql://user:password@host/name, a replica of INDEX_URL", repr=False
    )
    data: RootedPath = Field(
        Path("data/"), description="the folder of what is kept here beside a database"
    )
    sources: Annotated[tuple[RootedPath, ...], BeforeValidator(_separate_paths)] = Field(
        (Path("seeds/"),), description="files or folders, separated by commas"
    )
    model: ModelName = Field("", description="the name or folder of a sentence-transformers model")
    reranker: ModelName = Field("", description="the name or folder of a CrossEncoder")
    query_prompt: str = Field("", description="the text that the model wants before a question")
    document_prompt: str = Field("", description="the text that the model wants before a passage")
    private: bool = Field(default=False, description="true or false")
    watch: bool = Field(default=False, description="true or false")
    threads: int = Field(0, ge=0, le=1024, description="a whole number; 0 lets torch choose")
    processes: int = Field(1, ge=1, le=8, description="a whole number from 1 to 8")
    precision: Precision = Field(Precision.AUTO, description="auto, float32 or bfloat16")
    batch: int = Field(64, ge=1, le=4096, description="a whole number from 1 to 4096")
    aliases: RootedPath = Field(
        Path("data/aliases.txt"), description="a file of other names, with lines A = B = C"
    )
    read: int = Field(8, ge=0, le=50, description="a whole number from 0 to 50")
    golden: Literal["auto", "off"] | Annotated[float, Field(ge=0, le=1)] = Field(
        "auto", description="auto, off, or a share from 0 to 1"
    )
    threshold: float | None = Field(None, ge=0, le=1, description="a number from 0 to 1")

    @property
    def folder(self) -> Path:
        """The folder of the collection, or of what this machine keeps beside a database."""
        return self.data if "://" in self.url else Path(self.url)

    @property
    def where(self) -> Where:
        """The folder or the database that holds the collection."""
        return (
            Server(self.url, self.data, self.replica_url) if "://" in self.url else Path(self.url)
        )

    def in_folder(self, what: str) -> Path:
        """The folder of the collection, for `what` works on one. Raises UnknownSetting else."""
        if "://" in self.url:
            raise UnknownSetting(
                f"{what} works on a collection in a folder, and INDEX_URL names a database;"
                " use what comes with PostgreSQL (pg_dump, pg_restore, amcheck), or name a folder"
            )
        return Path(self.url)


def load_index_settings(environ: Mapping[str, str], dotenv: Path | None) -> IndexSettings:
    """Give the INDEX_ settings of an environment and, where that is silent, of a .env file.

    Raises UnknownSetting, also for one that counts beside a database only where none is named.
    """
    settings = read_settings(IndexSettings, environ, dotenv)
    if "url" in settings.model_fields_set:
        return settings  # a folder may be named for once, beside what is set for a database
    if "data" in settings.model_fields_set and settings.data != settings.folder:
        raise UnknownSetting(
            "INDEX_DATA counts beside a database only, and INDEX_URL names none; to keep the"
            f" collection in {settings.data}, set INDEX_URL={settings.data}"
        )
    if settings.replica_url:
        raise UnknownSetting(
            "INDEX_REPLICA_URL is a copy of a database, and INDEX_URL names none; set INDEX_URL"
            " to that database, or leave INDEX_REPLICA_URL out"
        )
    return settings


def read_settings(
    kind: type[SettingsT], environ: Mapping[str, str], dotenv: Path | None
) -> SettingsT:
    """Fill one kind of settings from the variables that carry its prefix.

    An empty value means the default. Raises UnknownSetting, one line a fault, for a name with the
    prefix that is no setting and for a value that cannot be used.
    """
    known = setting_names(kind)
    prefix = kind.model_config["env_prefix"]
    given = {**dict(read_dotenv(dotenv)), **environ}
    ours = {name: given[name] for name in sorted(given) if name.upper().startswith(prefix)}
    if unknown := [name for name in ours if name not in known]:
        raise UnknownSetting("\n".join(_unknown(name, known, prefix) for name in unknown))
    values: dict[str, Any] = {known[name]: ours[name] for name in ours if ours[name].strip()}
    try:
        return kind(**values)
    except ValidationError as error:
        fields = dict.fromkeys(str(fault["loc"][0]) for fault in error.errors())
        faults = "\n".join(_unusable(kind, field, values.get(field, "")) for field in fields)
    # Outside the except: the library's own error would show the value, and that may be the token.
    raise UnknownSetting(faults)


def setting_names(kind: type[Settings]) -> dict[str, str]:
    """Give every variable that a kind of settings knows, with the field that it fills."""
    prefix = kind.model_config["env_prefix"]
    return {f"{prefix}{field.upper()}": field for field in kind.model_fields}


def read_dotenv(dotenv: Path | None) -> Iterator[tuple[str, str]]:
    """Yield the names and values of a .env file in its order; nothing where there is no file."""
    if dotenv is None or not dotenv.is_file():
        return
    for binding in parse_stream(StringIO(_text_of(dotenv))):
        if binding.error:
            where = f"line {binding.original.line} of {dotenv}"
            raise UnknownSetting(f"{where} does not read NAME=value; put it right and try again")
        if binding.key:
            yield binding.key, binding.value or ""


def _text_of(dotenv: Path) -> str:
    try:
        return dotenv.read_text("utf-8-sig")
    except UnicodeDecodeError:
        fault = f"{dotenv} is not UTF-8 text; save it as UTF-8 and try again"
    except OSError as error:
        fault = f"{dotenv} cannot be read ({error.strerror}); see who owns it"
    raise UnknownSetting(fault)


def _unknown(name: str, known: Collection[str], prefix: str) -> str:
    # Without the prefix, which they all share and which would make anything look near.
    endings = [setting.removeprefix(prefix) for setting in known]
    near = get_close_matches(name.upper().removeprefix(prefix), endings, 1, 0.5)
    if near:
        return f"{name} is not a setting; did you mean {prefix}{near[0]}?"
    return f"{name} is not a setting; .env.example lists those there are"


def _unusable(kind: type[Settings], field: str, value: str) -> str:
    about = kind.model_fields[field]
    name = f"{kind.model_config['env_prefix']}{field.upper()}"
    wanted = f"what is wanted is {about.description}"
    if "SecretStr" in str(about.annotation):
        return f"{name} cannot be used; {wanted}"
    return f"{name} cannot be {_shown(value)}; {wanted}"


def _shown(value: str) -> str:
    """Quote a value, shortened, and without the password that an address may carry."""
    plain = re.sub(r"//.*@", "//...@", value.strip())
    return f'"{plain}"' if len(plain) <= 40 else f'"{plain[:39]}…"'
