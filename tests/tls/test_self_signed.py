"""Certificates that their owner signs."""

import ssl
import stat
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from hubbub.chat.errors import ConfigError
from hubbub.tls.certificates import server_context, shown
from hubbub.tls.self_signed import make_certificate
from tests.tls.pairs import pair_in


def test_it_is_good_for_its_names_and_addresses(tmp_path: Path) -> None:
    pair = pair_in(tmp_path, "chat.local", "192.168.1.5", "fe80::1")
    found = ssl._ssl._test_decode_cert(str(pair.certificate))  # type: ignore[attr-defined]
    assert found["subjectAltName"] == (
        ("DNS", "chat.local"),
        ("IP Address", "192.168.1.5"),
        ("IP Address", "FE80:0:0:0:0:0:0:1"),
    )
    assert len(pair.fingerprint) == 64
    assert shown(pair.fingerprint).replace(" ", "") == pair.fingerprint


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_nobody_else_may_read_the_key(tmp_path: Path) -> None:
    pair = pair_in(tmp_path)
    assert stat.S_IMODE(pair.key.stat().st_mode) == 0o600


def test_no_certificate_is_overwritten(tmp_path: Path) -> None:
    pair = pair_in(tmp_path)
    before = pair.certificate.read_bytes(), pair.key.read_bytes()
    with pytest.raises(ConfigError, match="there already"):
        make_certificate(pair.certificate, pair.key, ["localhost"])
    assert (pair.certificate.read_bytes(), pair.key.read_bytes()) == before


@pytest.mark.parametrize("text", ["", "nothing that is a certificate"])
def test_what_is_no_certificate_is_refused_with_both_files(tmp_path: Path, text: str) -> None:
    pair = pair_in(tmp_path)
    pair.certificate.write_text(text)
    with pytest.raises(ConfigError, match=r"c\.pem"):
        server_context(pair.certificate, pair.key)


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    one, other = pair_in(tmp_path / "one"), pair_in(tmp_path / "other")
    with pytest.raises(ConfigError, match="same pair"):
        server_context(one.certificate, other.key)


def test_a_key_with_a_password_is_refused_and_nobody_is_asked(tmp_path: Path) -> None:
    pair = pair_in(tmp_path)
    key = serialization.load_pem_private_key(pair.key.read_bytes(), None)
    locked = serialization.BestAvailableEncryption(b"secret")
    kind = serialization.PrivateFormat.PKCS8
    pair.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, kind, locked))
    with pytest.raises(ConfigError, match="without a password"):
        server_context(pair.certificate, pair.key)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        server_context(tmp_path / "c.pem", tmp_path / "k.pem")


@pytest.mark.parametrize("before", [f"# {ssl.PEM_HEADER}\n", "\ufeff", "Bag Attributes\n a: b\n"])
def test_other_text_may_stand_before_it(tmp_path: Path, before: str) -> None:
    pair = pair_in(tmp_path)
    text = before + pair.certificate.read_text()
    pair.certificate.write_bytes(text.replace("\n", "\r\n").encode())
    assert server_context(pair.certificate, pair.key)[1] == pair.fingerprint


def test_one_of_another_kind_is_refused(tmp_path: Path) -> None:
    pair = pair_in(tmp_path)
    text = pair.certificate.read_text()
    pair.certificate.write_text(text.replace(" CERTIFICATE", " X509 CERTIFICATE"))
    with pytest.raises(ConfigError, match="no certificate with its key"):
        server_context(pair.certificate, pair.key)
