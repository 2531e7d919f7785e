"""Proofs of passwords, with the example of RFC 7677."""

from base64 import b64decode

from hubbub.chat.scram import ITERATIONS, Verifier

SALT = b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
NONCE = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
SAID = (
    f"n=user,r=rOprNGfwEbeRWgbNEkqO,r={NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r={NONCE}"
).encode()
PROOF = b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
SIGNATURE = b64decode("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")


def test_the_example_of_the_rfc_is_proven() -> None:
    verifier = Verifier.of("pencil", SALT, 4096)
    assert verifier.is_proven(SAID, PROOF)
    assert verifier.signature(SAID) == SIGNATURE


def test_nothing_else_is_proven() -> None:
    verifier = Verifier.of("pencil", SALT, 4096)
    assert not verifier.is_proven(SAID + b"x", PROOF)
    assert not verifier.is_proven(SAID, PROOF[:-1])
    assert not verifier.is_proven(SAID, b"")
    assert not verifier.is_proven(SAID, bytes(32))
    assert not Verifier.of("pencils", SALT, 4096).is_proven(SAID, PROOF)
    assert not Verifier.nobodys("noise").is_proven(SAID, PROOF)


def test_it_is_kept_behind_a_hash_and_found_there() -> None:
    verifier = Verifier.of("pencil", SALT, 1)
    kept = verifier.behind("$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA")
    assert Verifier.kept_in(kept) == verifier
    assert "pencil" not in kept
    assert Verifier.kept_in("$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA") is None
    assert Verifier.kept_in("") is None


def test_to_try_passwords_against_it_is_as_dear_as_is_recommended() -> None:
    assert ITERATIONS >= 600_000
    assert Verifier.nobodys("noise").iterations == ITERATIONS
    assert Verifier.nobodys("noise") == Verifier.nobodys("noise") != Verifier.nobodys("other")
