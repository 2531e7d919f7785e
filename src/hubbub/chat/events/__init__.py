"""What the server says: the events of protocol section 5, as typed structs.

An event that the log commits is a `Logged`; until then it is a draft: its `seq` and `prev` are 0,
and only the log sets them. After the commit no event object is changed: a later read of the log
gives another one, with the text that the event has by then.
"""

from hubbub.chat.events.inner import (
    Account,
    Certificates,
    Challenge,
    InnerEvent,
    Metadata,
    MetadataChanged,
    Proven,
    Shown,
    Wallops,
)
from hubbub.chat.events.logged import (
    NOTHING,
    AnyLogged,
    Count,
    Deleted,
    Edited,
    Entry,
    Event,
    Fact,
    Logged,
    Message,
    Pinned,
    Reaction,
    Seq,
    Signal,
    Topic,
)
from hubbub.chat.events.operation import (
    BackedUp,
    Imported,
    People,
    Reloaded,
    Sessions,
    Status,
)
from hubbub.chat.events.order import (
    Access,
    Added,
    Bans,
    Hook,
    Hooks,
    Removed,
    RoleChanged,
    RoomRules,
)
from hubbub.chat.events.people import (
    Code,
    Devices,
    IgnoredSummary,
    Ignoring,
    Invitation,
    Invitations,
    Linking,
    Profile,
    Token,
    Tokens,
)
from hubbub.chat.events.rooms import (
    Away,
    Conversations,
    Members,
    MemberSummary,
    Missing,
    Page,
    Presence,
    Revision,
    Revisions,
    Room,
    Rooms,
    RoomSummary,
    Seen,
    Stretch,
    Typing,
)
from hubbub.chat.events.sessions import (
    PROTOCOL_VERSION,
    Addresses,
    Bye,
    Error,
    Notice,
    Ok,
    PersonSummary,
    Upload,
    Welcome,
)

AnyEvent = (
    AnyLogged
    | Welcome
    | Addresses
    | Room
    | Presence
    | Away
    | Typing
    | Missing
    | Seen
    | Page
    | Revisions
    | Rooms
    | Conversations
    | Members
    | Devices
    | Profile
    | Ignoring
    | Invitation
    | Invitations
    | Token
    | Tokens
    | Hook
    | Hooks
    | Code
    | Linking
    | RoomRules
    | RoleChanged
    | Added
    | Removed
    | Bans
    | Access
    | Status
    | People
    | Sessions
    | Reloaded
    | BackedUp
    | Imported
    | Upload
    | Ok
    | Error
    | Notice
    | Bye
)
