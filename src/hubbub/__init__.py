"""hubbub: a chatroom that starts with one command and that anything can join.

`hubbub.connect` is the door for programs:

    async with hubbub.connect("127.0.0.1:1234", name="ann") as chat:
        await chat.say("hello")
        async for event in chat:
            print(event)
"""

__version__ = "0.1.0"
