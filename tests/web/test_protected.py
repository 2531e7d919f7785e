"""The page inside TLS: browsers are led there, and their cookies stay there."""

from pathlib import Path

from tests.server.tls.peers import TlsPeer, protected
from tests.tls.pairs import pair_in
from tests.web.conftest import NewTab


def test_the_page_talks_inside_tls(new_tab: NewTab, tmp_path: Path) -> None:
    pair = pair_in(tmp_path)
    data = str(tmp_path / "data")
    with (
        protected(pair, data=data, plaintext="forbidden") as server,
        TlsPeer(server, pair, "bob") as bob,
    ):
        tab = new_tab(ignore_https_errors=True)
        tab.enter(f"http://{server.address}/", "ann")
        assert tab.page.url.startswith(f"https://{server.address}/"), "it is led to TLS"
        bob.wait_for("ann")
        tab.say("hello from a browser")
        assert bob.pair() == ("ann", "hello from a browser")
        (cookie,) = tab.page.context.cookies()
        assert cookie["secure"]
