"""Names of files that are safe everywhere, and how files are told in plain lines."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.files import NAME_BYTES_MAX, FileSummary, allowed_file_name, size_words


@given(st.text(max_size=400))
def test_a_name_is_safe_whatever_it_was(raw: str) -> None:
    name = allowed_file_name(raw)
    assert 0 < len(name.encode()) <= NAME_BYTES_MAX
    assert not set(name) & set('/\\<>:"|?*')
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"} for char in name)
    assert name.strip(" .") == name
    assert allowed_file_name(name) == name


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (1500, "1.5 kB"),
        (99_949, "100 kB"),
        (999_600, "1 MB"),
        (2_400_000, "2.4 MB"),
        (10**9, "1 GB"),
        (10**15, "1000 TB"),
    ],
)
def test_sizes_as_people_say_them(size: int, words: str) -> None:
    assert size_words(size) == words


def test_a_line_names_size_and_address() -> None:
    file = FileSummary(
        id="q3WkT8zRm1XBpLDJ2n5Ul0", name="Käse & Brot.txt", size=2000, type="text/plain", sha256=""
    )
    assert file.line("http://192.168.1.5:1234") == (
        "Käse & Brot.txt (2 kB) "
        "http://192.168.1.5:1234/files/q3WkT8zRm1XBpLDJ2n5Ul0/K%C3%A4se%20%26%20Brot.txt"
    )
