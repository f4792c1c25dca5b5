"""Reads the clinical library: every `library/<kind>/<id>/<version>.yaml`, checked before anyone may rest on it.

YAML 1.2 with duplicate keys refused; dates stay text, so that the content is the same in a file, in JSON and in a
database; then the head and the kind's own schema (JSON Schema 2020-12).  No Django, no clock; no file is remembered.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError, best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

LIBRARY_ROOT = Path(__file__).resolve().parents[2] / "library"
NOT_KINDS = frozenset({"schemas"})
RELEASED_NAME = "RELEASED"


class LibraryError(Exception):
    """A library file that cannot be trusted: which file, which line, what is wrong and what to do.

    `code` is one of library.{layout,encoding,yaml,duplicate_key,key,number,schema,path,history,missing_schema,broken_schema,changed,gone}.
    """

    def __init__(self, code: str, sentence: str, now: str, *, file: str, line: int | None = None) -> None:
        self.code, self.sentence, self.now, self.file, self.line = code, sentence, now, file, line
        where = file if line is None else f"{file}, line {line}"
        super().__init__(f"{where}: {sentence} {now}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryFile:
    """One version of one library file: its exact bytes, their SHA-256 (hex) and what they say (plain JSON types)."""

    kind: str
    id: str
    version: int
    sha256: str
    raw_bytes: bytes
    content: Mapping[str, Any]

    @property
    def path(self) -> str:
        """Path below the library's root, as it stands in RELEASED."""
        return f"{self.kind}/{self.id}/{self.version}.yaml"

    @property
    def status(self) -> str:
        return str(self.content["status"])

    @property
    def review_by(self) -> str:
        """ISO date by which a clinician has to look at it again."""
        return str(self.content["review_by"])


class _JsonConstructor(SafeConstructor):
    """Builds JSON types only: a date or a time of day stays the text that was written."""


_JsonConstructor.add_constructor("tag:yaml.org,2002:timestamp", lambda self, node: self.construct_scalar(node))


class Schemas:
    """The schemas of one library: `schemas/head.json` for every file, and the kind's own by `schemas/index.json`."""

    def __init__(self, folder: Path) -> None:
        texts = {path.name: _json(path) for path in sorted(folder.glob("*.json"))}
        if "head.json" not in texts or "index.json" not in texts:
            raise LibraryError(
                "library.missing_schema", "head.json or index.json is missing.", "Both belong in the schemas folder.", file=str(folder)
            )
        self.index: Mapping[str, str] = texts.pop("index.json")
        self.texts: Mapping[str, Any] = texts
        resources = [(name, Resource.from_contents(text, default_specification=DRAFT202012)) for name, text in texts.items()]
        self._registry: Registry[Any] = Registry().with_resources(resources)
        self._validators: dict[str, Draft202012Validator] = {}

    def name_for(self, kind: str, file_id: str) -> str:
        """File name of the schema for this file: its own in the index, one of its own name, its kind's, else generic."""
        named = self.index.get(f"{kind}/{file_id}")
        if named is None and f"{file_id}.json" in self.texts:
            named = file_id
        return f"{named or self.index.get(kind, 'generic')}.json"

    def errors(self, name: str, content: Any) -> Iterator[ValidationError]:
        """What the named schema has against `content`.  A schema the index names but nobody wrote is an error, not a pass."""
        if name not in self.texts:
            raise LibraryError("library.missing_schema", f"The schema {name} does not exist.", "Write it, or correct schemas/index.json.", file=name)
        if name not in self._validators:
            if fault := _fault_of_schema(json.dumps(self.texts[name])):
                raise LibraryError("library.broken_schema", f"Not a JSON Schema: {fault}", "Correct the schema.", file=name)
            self._validators[name] = Draft202012Validator(self.texts[name], registry=self._registry)
        yield from self._validators[name].iter_errors(content)


def load_library(root: Path = LIBRARY_ROOT) -> tuple[LibraryFile, ...]:
    """Every file of the library in the order kind, id, version.  Raises LibraryError at the first file that cannot be trusted."""
    return _load(root, _paths(root))


def load_kind(root: Path, kind: str) -> tuple[LibraryFile, ...]:
    """Every file of one kind, checked in the same way; the other kinds are not read."""
    return _load(root, (path for path in _paths(root) if path.relative_to(root).parts[0] == kind))


def load_each(root: Path = LIBRARY_ROOT) -> tuple[tuple[LibraryFile, ...], tuple[LibraryError, ...]]:
    """Every file that can be trusted, in the same order, and what each other one was refused for; schemas that cannot be read refuse all."""
    try:
        schemas = Schemas(root / "schemas")
    except LibraryError as refused:
        return (), (refused,)
    files: list[LibraryFile] = []
    errors: list[LibraryError] = []
    for path in _paths(root):
        try:
            files.append(load_file(path, root=root, schemas=schemas))
        except LibraryError as refused:
            errors.append(refused)
    known = {(file.kind, file.id, file.version) for file in files}
    for file in files:
        try:
            _check_supersedes(file, known)
        except LibraryError as refused:
            errors.append(refused)
    return tuple(sorted(files, key=lambda file: (file.kind, file.id, file.version))), tuple(errors)


def _load(root: Path, paths: Iterable[Path]) -> tuple[LibraryFile, ...]:
    schemas = Schemas(root / "schemas")
    files = sorted((load_file(path, root=root, schemas=schemas) for path in paths), key=lambda file: (file.kind, file.id, file.version))
    _check_histories(files)
    return tuple(files)


def load_file(path: Path, *, root: Path = LIBRARY_ROOT, schemas: Schemas | None = None) -> LibraryFile:
    """One file, read and checked: encoding, YAML, duplicate keys, key and number types, schema, and that its path is its name."""
    schemas = schemas or Schemas(root / "schemas")
    parts = path.relative_to(root).parts
    shown = "/".join(parts)
    kind, file_id, version = _from_path(parts, shown)
    raw = path.read_bytes()
    text = _text(raw, shown)
    content = _yaml(text, shown)
    _check_json(content, shown)
    _check_schema(content, text, shown, schemas, ["head.json", schemas.name_for(kind, file_id)])
    if (content["id"], content["version"]) != (file_id, version):
        said = f"{content['id']} version {content['version']}"
        raise LibraryError(
            "library.path", f"The file says it is {said}.", "Path and content must agree: <kind>/<id>/<version>.yaml.", file=shown, line=1
        )
    _check_history(content, text, shown)
    return LibraryFile(kind=kind, id=file_id, version=version, sha256=hashlib.sha256(raw).hexdigest(), raw_bytes=raw, content=content)


def overdue(files: Iterable[LibraryFile], *, on: str) -> tuple[LibraryFile, ...]:
    """Files whose review date lies before `on` (ISO date); shown where they are used, and by `afterglow check`."""
    return tuple(file for file in files if file.review_by < on)


def read_released(root: Path = LIBRARY_ROOT) -> dict[str, str]:
    """Path -> SHA-256 of every released file, from `RELEASED` (the format of `sha256sum`); empty when nothing was released."""
    listed: dict[str, str] = {}
    source = root / RELEASED_NAME
    if not source.exists():
        return listed
    for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), start=1):
        sha256, gap, path = line.partition("  ")
        if not gap or len(sha256) != 64 or path in listed:
            raise LibraryError(
                "library.layout",
                f"Not a line of the form '<sha256>  <path>', or twice there: {line!r}.",
                "Restore the line from version control; tools/release_library.py writes this file.",
                file=RELEASED_NAME,
                line=number,
            )
        listed[path] = sha256
    return listed


def check_released(files: Iterable[LibraryFile], released: Mapping[str, str]) -> None:
    """A released file is there and is, byte for byte, what was released.  Raises LibraryError otherwise."""
    present = {file.path: file for file in files}
    for path, sha256 in released.items():
        if path not in present:
            raise LibraryError("library.gone", "A released version is missing.", "Put it back: plans and answers point at it for ever.", file=path)
        if present[path].sha256 != sha256:
            raise LibraryError(
                "library.changed", "A released version was changed.", "Restore it and write the change as the next version.", file=path
            )


def _paths(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if path.is_dir() or parts[0] in NOT_KINDS or parts == (RELEASED_NAME,):
            continue
        yield path


def _from_path(parts: tuple[str, ...], shown: str) -> tuple[str, str, int]:
    stem, dot, suffix = parts[-1].rpartition(".")
    if len(parts) != 3 or suffix != "yaml" or not dot or not stem.isascii() or not stem.isdecimal() or stem.startswith("0"):
        raise LibraryError(
            "library.layout", "This is no place for a library file.", "Files are <kind>/<id>/<version>.yaml, versions are 1, 2, 3.", file=shown
        )
    return parts[0], parts[1], int(stem)


def _text(raw: bytes, shown: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = raw[: wrong.start].count(b"\n") + 1
        raise LibraryError("library.encoding", "Not UTF-8 text.", "Save the file as UTF-8.", file=shown, line=line) from wrong


def _reader() -> YAML:
    reader = YAML(typ="safe", pure=True)  # the pure reader is YAML 1.2: `no` and `1:30` are text, as they were written
    reader.Constructor = _JsonConstructor
    return reader


def _yaml(text: str, shown: str) -> Any:
    try:
        return _reader().load(text)
    except MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else None
        problem = " ".join(str(wrong.problem).split())
        if type(wrong).__name__ == "DuplicateKeyError":
            raise LibraryError(
                "library.duplicate_key", f"{problem}.", "Keep one of the two; YAML would silently keep one of them.", file=shown, line=line
            ) from wrong
        raise LibraryError(
            "library.yaml",
            f"Not readable as YAML 1.2: {problem}.",
            "Correct it; quote text that holds ': ' or starts with a sign.",
            file=shown,
            line=line,
        ) from wrong
    except YAMLError as wrong:
        raise LibraryError(
            "library.yaml", f"Not readable as YAML 1.2: {' '.join(str(wrong).split())}.", "Remove the character or tag it names.", file=shown
        ) from wrong


def _check_json(value: Any, shown: str, at: str = "") -> None:
    """Only what JSON can say: text keys, finite numbers."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise LibraryError("library.key", f"The key {key!r} under '{at or 'the top'}' is not text.", "Put it in quotes.", file=shown)
            _check_json(inner, shown, f"{at}.{key}".lstrip("."))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _check_json(inner, shown, f"{at}[{index}]")
    elif isinstance(value, float) and not math.isfinite(value):
        raise LibraryError("library.number", f"'{at}' is not a finite number.", "Write a number, or leave the key out.", file=shown)
    elif not isinstance(value, str | int | float | bool | None):
        raise LibraryError(
            "library.key", f"'{at}' is of a type that JSON does not have ({type(value).__name__}).", "Write it as text, number or list.", file=shown
        )


def _check_schema(content: Any, text: str, shown: str, schemas: Schemas, names: list[str]) -> None:
    for name in names:
        worst = best_match(schemas.errors(name, content))
        if worst is not None:
            place = "/".join(str(step) for step in worst.absolute_path) or "the top of the file"
            line = _line_of(text, list(worst.absolute_path))
            raise LibraryError("library.schema", f"{place}: {worst.message[:300]}.", f"See schemas/{name}.", file=shown, line=line)


def _line_of(text: str, steps: list[Any]) -> int:
    """Line on which the value at `steps` stands, from a second reading (only done to report an error)."""
    node = _reader().compose(text)
    for step in steps:
        node = node.value[step] if isinstance(step, int) else next(value for key, value in node.value if key.value == step)
    return int(node.start_mark.line) + 1 if node is not None else 1


def _check_history(content: Mapping[str, Any], text: str, shown: str) -> None:
    """The last entry of the change log is this version; what it supersedes is older; it was reviewed before it is due again."""
    log, version, older = content["change_log"], content["version"], content["supersedes"]
    if log[-1]["version"] != version:
        raise LibraryError(
            "library.history",
            f"The change log ends with version {log[-1]['version']}.",
            f"Add what changed in version {version}.",
            file=shown,
            line=_line_of(text, ["change_log"]),
        )
    if older is not None and older >= version:
        raise LibraryError(
            "library.history",
            f"Version {version} cannot supersede version {older}.",
            "Name the older version, or null.",
            file=shown,
            line=_line_of(text, ["supersedes"]),
        )
    if content["review_by"] <= max(log[-1]["made_on"], content["reviewed_on"] or ""):
        raise LibraryError(
            "library.history",
            "The next review is not after the last change.",
            "Set review_by to a later day.",
            file=shown,
            line=_line_of(text, ["review_by"]),
        )


def _check_histories(files: Iterable[LibraryFile]) -> None:
    known = {(file.kind, file.id, file.version) for file in files}
    for file in files:
        _check_supersedes(file, known)


def _check_supersedes(file: LibraryFile, known: Collection[tuple[str, str, int]]) -> None:
    older = file.content["supersedes"]
    if older is not None and (file.kind, file.id, older) not in known:
        raise LibraryError(
            "library.history", f"It supersedes version {older}, which is not in the tree.", "Old versions stay in the tree.", file=file.path
        )


@cache
def _fault_of_schema(text: str) -> str:
    """What makes this text no JSON Schema; "" for nothing.  Judged once for each text: it takes longer than a whole file of answers."""
    try:
        Draft202012Validator.check_schema(json.loads(text))
    except SchemaError as wrong:
        return str(wrong.message)
    return ""


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as wrong:
        raise LibraryError("library.broken_schema", f"Not JSON: {wrong}.", "Correct the schema file.", file=path.name) from wrong
