"""Passwords that are made up."""

import math
from pathlib import Path

import pytest

from hubbub.chat.errors import ConfigError
from hubbub.lan.passwords import (
    CONSONANTS,
    VOWELS,
    WORD_SYLLABLES,
    WORDS,
    kept_password,
    made_up_password,
)


def test_they_can_be_said_and_not_be_guessed() -> None:
    made = [made_up_password() for _ in range(1000)]
    assert len(set(made)) == 1000
    for password in made:
        words = password.split("-")
        assert [len(word) for word in words] == [2 * WORD_SYLLABLES] * WORDS
        assert all(set(word[::2]) <= set(CONSONANTS) for word in words)
        assert all(set(word[1::2]) <= set(VOWELS) for word in words)
    kinds = len(set(CONSONANTS)) * len(set(VOWELS))
    assert WORDS * WORD_SYLLABLES * math.log2(kinds) >= 36


def test_one_is_kept_for_the_chatroom_and_from_others(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    password = kept_password(folder)
    assert kept_password(folder) == password
    assert kept_password(tmp_path / "another") != password
    assert (folder / "password").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_an_empty_file_is_no_password(tmp_path: Path) -> None:
    (tmp_path / "password").touch()
    password = kept_password(tmp_path)
    assert password
    assert kept_password(tmp_path) == password


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "password").mkdir()
    with pytest.raises(ConfigError, match="cannot be kept"):
        kept_password(tmp_path)
