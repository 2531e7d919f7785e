"""Exports as other programs write them, made up and short."""

SLACK: dict[str, object] = {
    "users.json": [
        {"id": "U1", "name": "ann", "profile": {"display_name": "", "real_name": "Ann Lee"}},
        {"id": "U2", "name": "ben", "profile": {"display_name": "ben"}},
    ],
    "channels.json": [
        {"id": "C1", "name": "general"},
        {"id": "C2", "name": "random"},
        {"name": "x"},
    ],
    "general/2020-01-01.json": [
        {"type": "message", "subtype": "channel_join", "user": "U1", "ts": "1577879999.000100"},
        {
            "type": "message",
            "user": "U1",
            "text": "hello <@U2>, see <https://example.org/a> &amp; more",
            "ts": "1577880000.000200",
            "thread_ts": "1577880000.000200",
            "reactions": [{"name": "wave", "users": ["U2"], "count": 1}],
        },
        {
            "type": "message",
            "user": "U1",
            "text": "",
            "ts": "1577880001.000200",
            "files": [{"name": "plan.pdf", "url_private": "https://files.example.org/plan.pdf"}],
        },
    ],
    "general/2020-01-02.json": [
        {
            "type": "message",
            "user": "U2",
            "text": "yes",
            "ts": "1577966400.000100",
            "thread_ts": "1577880000.000200",
            "edited": {"user": "U2", "ts": "1577966460.000000"},
        },
        {
            "type": "message",
            "subtype": "me_message",
            "user": "U2",
            "text": "waves",
            "ts": "1577966500.000100",
        },
    ],
    "random/2020-01-01.json": [
        {
            "type": "message",
            "subtype": "bot_message",
            "username": "CI",
            "text": "green",
            "ts": "1577880100.1",
        }
    ],
}

DISCORD = {
    "guild": {"id": "1", "name": "G"},
    "channel": {"id": "2", "type": "GuildTextChat", "category": "Text", "name": "off-topic"},
    "messages": [
        {
            "id": "100",
            "type": "Default",
            "timestamp": "2020-01-01T12:00:00.123+01:00",
            "timestampEdited": None,
            "isPinned": True,
            "content": "look",
            "author": {"id": "7", "name": "kaethe", "nickname": "Käthe", "isBot": False},
            "attachments": [
                {"id": "1", "url": "https://cdn.example.org/cat.png", "fileName": "cat.png"}
            ],
            "reactions": [
                {"emoji": {"id": "", "name": "👍"}, "count": 1, "users": [{"name": "ben"}]}
            ],
        },
        {
            "id": "101",
            "type": "Reply",
            "timestamp": "2020-01-01T12:01:00+01:00",
            "content": "nice",
            "author": {"id": "8", "name": "ben"},
            "reference": {"messageId": "100", "channelId": "2"},
        },
        {"id": "102", "type": "GuildMemberJoin", "timestamp": "2020-01-01T12:02:00+01:00"},
    ],
}

WEECHAT = (
    "2020-01-01 11:59:00\t-->\tann (~ann@example.org) has joined #python\n"
    "2020-01-01 12:00:00\t@ann\t\x0304hello\x0f\n"
    "2020-01-01 12:00:00\t *\tben waves\n"
    "2020-01-01 12:00:00\t@ann\thello\n"
    "2020-01-01 12:01:00\t--\tMode #python [+o ann] by ChanServ\n"
    "2020-01-02 00:00:01\tcleo\tthe next day\n"
)

IRSSI = (
    "--- Log opened Wed Jan 01 11:59:00 2020\n"
    "11:59 -!- ann [~ann@example.org] has joined #python\n"
    "12:00 <@ann> hello\n"
    "12:00  * ben waves\n"
    "12:00 <@ann> hello\n"
    "--- Day changed Thu Jan 02 2020\n"
    "00:00 < cleo> the next day\n"
)
