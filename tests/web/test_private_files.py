"""In a private room, a browser shows files to those who are in it: its cookie says who they are."""

from playwright.sync_api import expect

from tests.web.conftest import NewTab
from tests.web.test_files import pick, picture


def test_a_picture_in_private_is_seen_by_the_two_alone(url: str, new_tab: NewTab) -> None:
    ann, bob, eve = (new_tab().enter(url, name) for name in ("ann", "bob", "eve"))
    ann.say("/msg bob for you")
    ann.hears("for you")
    pick(ann, ("secret.png", "image/png", picture()))
    expect(ann.page.get_by_text("secret.png")).to_be_visible()
    ann.say("look")
    bob.page.get_by_role("navigation").get_by_role("button", name="@ann").click()
    for tab in (ann, bob):
        image = tab.message("look").get_by_role("img", name="secret.png")
        expect(image).to_be_visible()
        tab.page.wait_for_function(
            "() => [...document.querySelectorAll('#log img')].some((one) => one.naturalWidth > 0)"
        )
    address = url + (image.get_attribute("src") or "").lstrip("/")
    assert bob.page.request.get(address).status == 200
    assert eve.page.request.get(address).status == 403
