"""Addresses of rooms and messages, and the way back to where the user was."""

import pytest

from hubbub.desk.places import Place, Trail, address_of, place_at, places_in

HERE = "example.org:1234"


@pytest.mark.parametrize(
    ("place", "address"),
    [
        (Place("lobby"), "http://example.org:1234/lobby"),
        (Place("lobby", 1042), "http://example.org:1234/lobby/1042"),
        (Place("küche", 7), "http://example.org:1234/k%C3%BCche/7"),
        (Place("@0123", 7), "http://example.org:1234/@0123/7"),
        (Place("api", 7), "hubbub://example.org:1234/api/7"),
        (Place("notes.txt"), "hubbub://example.org:1234/notes.txt"),
    ],
)
def test_an_address_leads_back_to_its_place(place: Place, address: str) -> None:
    assert address_of(f"http://{HERE}", place) == address
    assert place_at([HERE], address) == place


@pytest.mark.parametrize(
    "address",
    ["http://example.org/lobby", "http://other:1234/lobby", "https://example.org:4321/a", "x", ""],
)
def test_other_addresses_lead_elsewhere(address: str) -> None:
    assert place_at([HERE], address) is None


def test_places_are_found_in_a_text() -> None:
    text = "see http://example.org:1234/dev/7, <hubbub://example.org:1234/a> and http://x.org/b/1."
    assert places_in([HERE], text) == [Place("dev", 7), Place("a")]


def test_one_goes_back_and_forward_to_where_one_was() -> None:
    trail = Trail()
    assert trail.step(-1) is None
    lobby, dev, message = Place("lobby"), Place("dev"), Place("dev", 7)
    for place in (lobby, dev, message, Place("dev"), message):  # these two are where one is
        trail.visit(place)
    assert trail.step(1) is None
    assert trail.step(-1) == dev
    trail.visit(dev)  # as it is shown
    assert trail.step(-1) == lobby
    assert trail.step(-1) is None
    assert trail.step(1) == dev
    trail.visit(Place("den"))
    assert trail.step(1) is None, "what was ahead is not any more"
    assert trail.step(-1) == dev


def test_a_trail_is_bounded() -> None:
    trail = Trail()
    for seq in range(300):
        trail.visit(Place("lobby", seq))
    steps = 0
    while trail.step(-1):
        steps += 1
    assert steps == 99
