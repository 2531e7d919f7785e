"""Texts made of whole grapheme clusters, as Hypothesis strategies."""

from hypothesis import strategies as st

CLUSTERS = (
    *("a", "b", "_", "7", " ", "\t", ".", "é", "ß"),
    *("e\u0301", "o\u0302\u0323", "1\ufe0f\u20e3", "❤\ufe0f", "👍🏽"),
    *("👨\u200d👩\u200d👧", "🏳\ufe0f\u200d🌈", "🇩🇪", "🇫🇷"),
    *("क्षि", "स्ते", "न", "你", "好", "각", "ア", "🎉"),
)

clusters = st.lists(st.sampled_from(CLUSTERS), max_size=30)
lines = clusters.map("".join)
texts = st.lists(lines, max_size=4).map("\n".join)
