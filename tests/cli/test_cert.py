"""`hubbub cert`, the server that has the certificate, and the commands that trust it."""

import re
from pathlib import Path

import pytest

from tests.cli.test_serving import port_of, served

from .commands import hubbub


def made(folder: Path, *names: str) -> tuple[Path, list[str]]:
    """Make a certificate in a folder; return it, and the options with which it is served."""
    certificate, key = folder / "c.pem", folder / "k.pem"
    ran = hubbub("cert", *names, "--out", str(certificate), "--key", str(key))
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"SHA-256: ([0-9a-f]{8} ?){8}\n", ran.stdout)
    options = ["--tls-cert", str(certificate), "--tls-key", str(key)]
    assert ran.stdout.endswith(f"hubbub serve {' '.join(options)}\n")
    return certificate, options


@pytest.mark.parametrize("ways", ["option", "variable"])
def test_a_certificate_is_made_served_and_trusted_by_its_file(tmp_path: Path, ways: str) -> None:
    certificate, options = made(tmp_path, "localhost")
    with served(tmp_path / "data", *options) as lines:
        place = f"hubbubs://localhost:{port_of(lines)}"
        unknown = hubbub("send", place, "--name", "ci", "hi")
        assert unknown.returncode == 1
        assert "vouched for by nobody" in unknown.stderr
        before = ["--ca", str(certificate)] if ways == "option" else []
        beside = {"HUBBUB_CA": str(certificate)} if ways == "variable" else {}
        trusted = hubbub(*before, "send", place, "--name", "ci", "hi", **beside)
        assert trusted.returncode == 0, trusted.stderr


@pytest.mark.parametrize("ways", ["option", "variable"])
def test_authorities_that_cannot_be_read_are_said_at_once(tmp_path: Path, ways: str) -> None:
    (tmp_path / "empty.pem").touch()
    for path in (tmp_path / "none.pem", tmp_path / "empty.pem", tmp_path):
        before = ["--ca", str(path)] if ways == "option" else []
        beside = {"HUBBUB_CA": str(path)} if ways == "variable" else {}
        ran = hubbub(*before, "send", "127.0.0.1:1", "hi", **beside)  # nobody is there
        assert (ran.returncode, ran.stdout) == (1, "")
        assert ran.stderr.startswith(f"hubbub: The authorities in {path} cannot be read.")


@pytest.mark.parametrize("name", ["", " ", "küche", "a b", "x" * 300, "https://example.org"])
def test_what_is_no_host_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    certificate = tmp_path / "c.pem"
    ran = hubbub("cert", name, "--out", str(certificate), "--key", str(tmp_path / "k.pem"))
    assert ran.returncode == 1
    assert ran.stderr.startswith("hubbub: No certificate can be for ")
    assert not certificate.exists()


def test_a_certificate_is_never_overwritten(tmp_path: Path) -> None:
    certificate, _ = made(tmp_path)
    before = certificate.read_bytes()
    options = ["--out", str(certificate), "--key", str(tmp_path / "k.pem")]
    again = hubbub("cert", *options)
    assert again.returncode == 1
    assert "there already" in again.stderr
    assert certificate.read_bytes() == before


def test_half_a_pair_is_refused_with_a_sentence(tmp_path: Path) -> None:
    certificate, _ = made(tmp_path)
    options = ["--listen", "127.0.0.1:0", "--data", str(tmp_path / "data")]
    ran = hubbub("serve", *options, "--tls-cert", str(certificate))
    assert ran.returncode == 1
    assert "needs its key" in ran.stderr
    ran = hubbub("serve", *options, "--tls-cert", "none.pem", "--tls-key", "none.key")
    assert ran.returncode == 1
    assert "cannot be read" in ran.stderr
