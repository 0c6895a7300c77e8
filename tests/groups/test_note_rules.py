"""What is right in a note: no neighbour in it, no sentence twice, every name under it, and a seal."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groups.rules.notes import (
    Named,
    PartState,
    alike,
    alike_findings,
    digest,
    mentions,
    missing,
    naming_findings,
    plain,
)

quick = settings(derandomize=True, deadline=None, database=None, max_examples=100)
BEN = Named(1, "Ben", "Torres", record_number="R0001")
WILL = Named(2, "Will", "Ward")
CHEMA = Named(3, "José María", "de la Cruz", "Chema")
ALL = (BEN, WILL, CHEMA)


@pytest.mark.parametrize(
    ("text", "said", "sure"),
    [
        ("He listened to Ben Torres.", "Ben Torres", True),
        ("torres, ben came late", "torres ben", True),
        ("Ben T. spoke first.", "Ben T", True),
        ("See R0001.", "R0001", True),
        ("jose maria de la cruz agreed", "jose maria de la cruz", True),
        ("She helped Ben.", "Ben", False),
        ("He was moved by Ben\u2019s story.", "Ben", False),
        ("Chema agreed.", "Chema", False),
        ("He and Will talked.", "Will", False),
        ("Will call his sponsor.", "", False),
        ("He will go.", "", False),
        ("Sat on the bench.", "", False),
        ("", "", False),
    ],
)
def test_a_neighbour_is_found_however_they_are_written(text: str, said: str, sure: bool) -> None:
    found = mentions(text, ALL)
    assert [(each.words, each.sure) for each in found] == ([(said, sure)] if said else [])


def test_a_clients_own_name_is_theirs_also_where_a_neighbour_is_called_the_same() -> None:
    other = Named(9, "Ben", "Ruiz")
    assert mentions("Ben spoke of home.", ALL, own=BEN) == []
    assert mentions("Ben spoke of home.", (BEN, other), own=BEN) == []
    [found] = mentions("Ben Ruiz spoke of home.", (BEN, other), own=BEN)
    assert (found.client_id, found.sure) == (9, True)


def test_a_whole_name_is_refused_and_a_first_name_needs_its_reason() -> None:
    names = {1: "Ben T.", 2: "Will W."}
    found = naming_findings("Amira S.'s part", mentions("Ben Torres helped. He thanked Will.", ALL), names)
    assert [(each.code, each.severity.value) for each in found] == [
        ("note.names_member", "stop"), ("note.names_perhaps", "override"),
    ]  # fmt: skip
    assert "write 'a member of the group' instead" in found[0].message


@quick
@given(st.text(max_size=60))
def test_no_text_breaks_the_check_and_a_text_of_nobody_names_nobody(text: str) -> None:
    assert mentions(text, ()) == []
    mentions(text, ALL)
    assert plain(plain(text)) == plain(text)


@quick
@given(st.text("abc \n.", max_size=40), st.sampled_from(ALL), st.text("abc \n.", max_size=40))
def test_a_whole_name_is_found_wherever_it_stands(before: str, who: Named, after: str) -> None:
    found = mentions(f"{before} {who.first} {who.last} {after}", ALL)
    assert who.client_id in {mention.client_id for mention in found if mention.sure}


def test_sentences_that_look_cloned_are_pointed_out() -> None:
    parts: dict[Any, str] = {
        1: "Named two early warning signs of his own. Attended by video.",
        2: "He was tired. Named two early warning signs of her own!",
        3: "Spoke about a visit home. Attended by video.",
    }
    [pair] = alike(parts)
    assert (pair.first, pair.second, pair.sentence) == (1, 2, "Named two early warning signs of his own.")
    [said] = alike_findings([pair], {1: "Amira S.", 2: "Ben T."})
    assert said.message.startswith("Amira S. and Ben T. share a sentence")


@quick
@given(st.dictionaries(st.integers(0, 5), st.text("abcdef .", max_size=80), max_size=5))
def test_a_part_alike_to_another_is_alike_the_other_way_round_too(parts: dict[Any, str]) -> None:
    there = {(pair.first, pair.second) for pair in alike(parts)}
    back = {(pair.second, pair.first) for pair in alike(dict(reversed(parts.items())))}
    assert there == back


def test_a_note_is_complete_when_every_part_is_signed_and_co_signed() -> None:
    def state(*parts: PartState, there: tuple[int, ...] = (7,)) -> Any:
        return missing(["topic", "process"], there, parts)

    assert state(there=()).complete  # nobody came: nothing to write
    assert state().to_write == ("topic", "process", "m7")
    signed = [PartState("topic", True, True), PartState("process", True, True)]
    assert state(*signed).to_write == ("m7",)
    assert state(*signed, PartState("m7", True, False)).to_sign == ("m7",)
    assert state(*signed, PartState("m7", True, True, "open")).to_cosign == ("m7",)
    assert state(*signed, PartState("m7", True, True, "done")).complete
    assert state(*signed, PartState("m7", True, True), PartState("m8", True, False)).to_sign == ("m8",)


def test_pasted_markup_stays_characters_and_nothing_invisible_is_kept() -> None:
    assert plain("<b>Bold</b>\r\nnext\u200b\x00\u202e\ttab") == "<b>Bold</b>\nnext\ttab"


@quick
@given(st.text(max_size=30), st.text(max_size=30), st.integers(1, 9), st.none() | st.integers(1, 9))
def test_the_seal_is_another_one_for_other_words_or_another_client(
    one: str, two: str, session: int, client: int | None
) -> None:
    made = digest(session, "member", client, one)
    assert (made == digest(session, "member", client, two)) == (one == two)
    assert made != digest(session + 1, "member", client, one) != digest(session, "member", 10, one)
