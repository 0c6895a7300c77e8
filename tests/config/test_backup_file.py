"""The encrypted file of a backup: what was written comes back, and nothing else does."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.backup import sealed
from config.backup.sealed import DATA, FACTS, BadFile, Key, Writer, header_of, read

KEY, OTHER = Key(b"k" * 32), Key(b"o" * 32)


def written(content: bytes, key: Key = KEY) -> bytes:
    file = io.BytesIO()
    writer = Writer(file, key, {"made_at": "2026-11-21"})
    writer.facts({"rows": {"a": 1}})
    writer.write(content)
    writer.close()
    return file.getvalue()


def came_back(file: bytes, key: Key = KEY) -> bytes:
    return b"".join(content for kind, content in read(io.BytesIO(file), key) if kind == DATA)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "PIECE", 64)


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 1000])
def test_what_was_written_comes_back(length: int) -> None:
    content = bytes(number % 251 for number in range(length))
    file = written(content)
    assert came_back(file) == content
    assert content[:40] not in file or length < 2
    assert next(read(io.BytesIO(file), KEY)) == (FACTS, b'{"rows": {"a": 1}}')
    assert header_of(io.BytesIO(file))[0]["made_at"] == "2026-11-21"


def test_the_wrong_key_is_told_by_its_name() -> None:
    with pytest.raises(BadFile, match=f"written with the key {KEY.id}; the key given is {OTHER.id}"):
        came_back(written(b"hello"), OTHER)


def test_two_files_of_the_same_content_have_nothing_in_common() -> None:
    one, two = written(b"x" * 200), written(b"x" * 200)
    assert one[-80:] != two[-80:]


def test_every_cut_is_refused() -> None:
    file = written(b"x" * 300)
    for length in range(len(file)):
        with pytest.raises(BadFile):
            came_back(file[:length])


@settings(derandomize=True, database=None, deadline=None, max_examples=200)
@given(st.data())
def test_every_flipped_bit_is_refused(data: st.DataObject) -> None:
    file = bytearray(written(b"x" * 300))
    file[data.draw(st.integers(0, len(file) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(BadFile):
        came_back(bytes(file))


def test_pieces_that_are_moved_left_out_doubled_or_taken_from_another_file_are_refused() -> None:
    def pieces(file: bytes) -> list[bytes]:
        stream = io.BytesIO(file)
        header_of(stream)
        found = [file[: stream.tell()]]
        while size := stream.read(4):
            found.append(size + stream.read(int.from_bytes(size)))
        return found

    head, *rest = pieces(written(b"x" * 300))
    strange = pieces(written(b"x" * 300))[2]
    assert came_back(b"".join([head, *rest])) == b"x" * 300
    for wrong in (
        [rest[0], rest[2], rest[1], *rest[3:]], [rest[0], *rest[2:]], [*rest[:2], *rest[1:]], [rest[0], strange, *rest[2:]],
        rest[:-1], [*rest, rest[-1]], [rest[-1]],
    ):  # fmt: skip
        with pytest.raises(BadFile):
            came_back(b"".join([head, *wrong]))


def test_something_behind_the_end_is_refused() -> None:
    with pytest.raises(BadFile, match="behind the end"):
        came_back(written(b"hello") + b"\0")


@pytest.mark.parametrize("text", [b"", b"PK\x03\x04 something else", sealed.MAGIC, sealed.MAGIC + b"\xff\xff\xff\xff"])
def test_another_kind_of_file_is_refused_in_words(text: bytes) -> None:
    with pytest.raises(BadFile):
        came_back(text)


@pytest.mark.parametrize("text", ["", "short", "!" * 44, "a" * 44])
def test_a_key_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="32 random bytes"):
        Key.read(text)


def test_a_new_key_can_be_read_and_its_name_does_not_tell_it() -> None:
    text = Key.new()
    key = Key.read(f" {text}\n")
    assert len(key.value) == 32 and Key.new() != text
    assert key.id not in text and key.id not in key.value.hex()
