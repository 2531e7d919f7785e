"""What the desk tells the user of by itself."""

DELAYED = (
    "The server cannot store messages just now. Yours wait here, and are sent in order when it can."
)
WAS_DELAYED = "The server could not store messages for a while."

UNANSWERED = "The server cannot read its log just now. What you asked for comes when it can."
WAS_UNANSWERED = "The server could not read its log for a while."

LAST_WORDS = (
    "Waiting until the server has your last messages. Quit again to leave now: they are sent when "
    "you come back."
)
LAST_WORDS_UNKEPT = (
    "Waiting until the server has your last messages. Quit again to leave now: they are lost then."
)

REPLACED = (
    "The chatroom's history was replaced on the server, as after a return to an older copy. "
    "What was shown here is gone; this is what there is now."
)
