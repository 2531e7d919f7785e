"""Makes src/hubbub/web/emoji.txt, the names of emoji, which the page and the terminal share.

Run it to take in a newer Unicode: `python scripts/make_emoji.py`. The data are those of emojibase,
which follows Unicode and CLDR (MIT license). npm brings them; nothing of it stays installed.
"""

import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

PACKAGE = "emojibase-data@17.0.0"
VERSION_MAX = 15.1
"""Newer emoji are squares on the devices of many."""

COMPONENTS = 2
"""The group of what is no emoji by itself, such as the tones of skin."""

KEYWORDS_MAX = 8
TARGET = Path(__file__).parents[1] / "src/hubbub/web/emoji.txt"


def names_in(shortcodes: dict[str, Any], hexcode: str) -> list[str]:
    """Return the names that one set of shortcodes has for an emoji."""
    found = shortcodes.get(hexcode, [])
    return [found] if isinstance(found, str) else list(found)


def shown(entry: dict[str, Any]) -> str:
    """Return the emoji; one that would be text by itself has a selector that says it is none."""
    chars = "".join(chr(int(code, 16)) for code in entry["hexcode"].split("-"))
    return chars if entry["type"] == 1 else chars + "\ufe0f"


def line_of(entry: dict[str, Any], sets: list[dict[str, Any]]) -> str:
    """Return the emoji, its names, and words by which it is found as well; tabs between them."""
    names = list(dict.fromkeys(name for one in sets for name in names_in(one, entry["hexcode"])))
    known = set("_".join(names).split("_"))
    words = [tag.lower() for tag in entry.get("tags", []) if " " not in tag]
    keywords = [word for word in words if word not in known][:KEYWORDS_MAX]
    return "\t".join((shown(entry), " ".join(names), " ".join(keywords)))


def main() -> None:
    """Write the file."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True)  # noqa: S603, S607
        [archive] = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as packed:

            def read(name: str) -> Any:
                file = packed.extractfile(f"package/en/{name}.json")
                assert file is not None, name
                return json.load(file)

            sets = [read("shortcodes/github"), read("shortcodes/emojibase")]
            titles = {group["order"]: group["message"] for group in read("messages")["groups"]}
            entries = [one for one in read("data") if one.get("group", COMPONENTS) != COMPONENTS]
    lines = []
    group = None
    for entry in sorted(entries, key=lambda one: one["order"]):
        if entry["version"] > VERSION_MAX:
            continue
        if entry["group"] != group:
            group = entry["group"]
            lines.append(f"# {titles[group].capitalize()}")
        lines.append(line_of(entry, sets))
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
