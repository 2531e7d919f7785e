"""One person's place in a chatroom, apart from how it looks: rooms, logs, drafts, what Enter does.

Every face stands on it, and needs only to draw: `desk` is what there is to see, `orders` carries
out what the user asks for by the table in `verbs`, and `face` says what they need of a face.
Knows no Textual and no Rich; tests drive it by plain calls.
"""
