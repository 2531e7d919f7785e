"""What inputs are made of: each unit is repeated until the input is as long as it should be."""

UNITS = [
    *(
        "a",
        "A ",
        " ",
        "\n",
        "\t",
        "/",
        "\\",
        '"',
        "@",
        ":",
        "<b>",
        "%41",
        "%",
        "+",
        "&a=",
        "=",
        ";",
    ),
    *("1", "²", "\u0661", "\u0661\u06f1", "\u06f1", "\uff11"),
    *(".a", ".", "-", "_", "C++ ", "a b ", "ab" * 40 + " "),
    *("\u30fb", "\u30a2\u30fb", "\u6f22", "\uff71", "\uff21"),  # middle dots and what allows them
    *("\u0301", "a\u0301", "\u0301\u0316", "a\u0344", "\u0e33", "\u1100\u1161\u11a8", "\u11a8"),
    *("\u200d", "\u094d\u200d", "\u0628\u200c", "\u064e\u200c", "👩\u200d", "👍🏽", "🇩🇪"),
    *("\u202e", "\u05d0", "\u05f3", "\u0375", "l\u00b7", "\u00ad", "\ufeff", "\u2800", "\ue000"),
    *("\ufdfa", "\u0130", "\u1e9e", "\u03a3", "\ufb03", "\U0001d400", "\U000e0061"),
    *("\x00", "\x1b[31m", "\x7f", "\x85", "\u2028"),
]
"""Letters, separators, digits, dots, marks, joiners, both directions, what swells, and controls."""


NUMBERS = ["1", "9", "0", "-1", "1.", "1e", "1e9", "-", "+1", "0x", "1_0"]

PIECES_OF_JSON = [
    *("[", "{", '{"a":', "[[", "]", '"', '\\"', "\\", '"ref":', '"ref" ', '"ref":"', '"ref":"a",'),
    *('"type":', '"type":"say",', '"a":1,', "1,", "null", "\\u0000", "\\ud800", " ", "\n", "x"),
]


def made_of(unit: str, chars: int) -> str:
    """Return a text of so many characters."""
    return (unit * (chars // len(unit) + 1))[:chars]
