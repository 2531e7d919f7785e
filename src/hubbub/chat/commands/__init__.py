"""What a client asks for: the commands of protocol section 4, as typed structs.

`ref` (at most 64 characters) asks for exactly one answer that carries it.
"""

from hubbub.chat.commands.base import (
    REF_CHARS_MAX,
    Command,
)
from hubbub.chat.commands.channels import (
    AskAbout,
    BeCalled,
    Enter,
    Exempt,
    Exemptions,
    Farewell,
    Give,
    Kill,
    Look,
    Move,
    Oper,
    Part,
    SetModes,
    Settle,
    Wallops,
    Watch,
    WhoWas,
)
from hubbub.chat.commands.importing import Brought, Given, Import
from hubbub.chat.commands.inner import (
    AskMetadata,
    Certificates,
    Certify,
    Challenge,
    LinkCertificate,
    Prove,
    SetMetadata,
    Show,
)
from hubbub.chat.commands.operation import Backup, People, Reload, Sessions, Status
from hubbub.chat.commands.order import (
    Add,
    Appoint,
    Ban,
    Bans,
    BanSeconds,
    DeleteRoom,
    Hold,
    Hooks,
    Kick,
    MakeHook,
    Mute,
    Reason,
    Report,
    RevokeHook,
    SetAccess,
    SetDoor,
    SetRules,
    Unban,
    Unmute,
)
from hubbub.chat.commands.people import (
    Away,
    Back,
    ChangePassword,
    Confirm,
    Devices,
    DeviceSecret,
    ForgetMe,
    GiveOutCode,
    Hello,
    Identify,
    Ignore,
    Invitations,
    Invite,
    Label,
    Link,
    Login,
    Logout,
    MakeToken,
    Operate,
    Profile,
    Recover,
    Register,
    Rename,
    Resume,
    Revoke,
    RevokeToken,
    ShowCode,
    Tokens,
    Uninvite,
    Unlock,
)
from hubbub.chat.commands.talk import (
    EPOCH_CHARS_MAX,
    PAGE_MESSAGES_DEFAULT,
    PAGE_MESSAGES_MAX,
    Conversations,
    Delete,
    Direct,
    Edit,
    History,
    Join,
    Leave,
    Members,
    Mentions,
    Nonce,
    PageLimit,
    Ping,
    React,
    Rooms,
    Say,
    Search,
    Seen,
    SetTopic,
    Signal,
    Typing,
    Upload,
    Zone,
)
from hubbub.chat.commands.threads import Pin, Pins, Replies, Revisions

AnyCommand = (
    Hello
    | Resume
    | Identify
    | Register
    | Rename
    | Login
    | ChangePassword
    | ForgetMe
    | GiveOutCode
    | Invite
    | Invitations
    | Uninvite
    | Operate
    | MakeToken
    | Tokens
    | RevokeToken
    | MakeHook
    | Hooks
    | RevokeHook
    | Recover
    | Devices
    | Revoke
    | Logout
    | ShowCode
    | Link
    | Confirm
    | Unlock
    | Away
    | Back
    | Profile
    | Ignore
    | Join
    | Direct
    | Leave
    | Say
    | Signal
    | Upload
    | Edit
    | Delete
    | React
    | Typing
    | Seen
    | History
    | Search
    | Mentions
    | Replies
    | Pin
    | Pins
    | Revisions
    | Rooms
    | Conversations
    | Members
    | SetTopic
    | Kick
    | Ban
    | Unban
    | Mute
    | Unmute
    | Bans
    | SetRules
    | Hold
    | Add
    | DeleteRoom
    | Appoint
    | SetDoor
    | SetAccess
    | Report
    | Status
    | People
    | Sessions
    | Reload
    | Backup
    | Import
    | Ping
)

InnerCommand = (
    Challenge
    | Certificates
    | Certify
    | LinkCertificate
    | Prove
    | SetMetadata
    | AskMetadata
    | Show
    | Enter
    | Farewell
    | Part
    | BeCalled
    | SetModes
    | Give
    | Kill
    | Oper
    | Wallops
    | Watch
    | Exempt
    | Exemptions
    | AskAbout
    | Look
    | Move
    | Settle
    | WhoWas
)
"""What no client has words for."""
