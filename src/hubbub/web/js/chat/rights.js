/**
 * Which acts are offered to whom in a room: the part of the server's one table that the page needs.
 *
 * A room may be of several kinds at once: then the strictest cell holds. The server decides; a test
 * compares this with `hubbub/hub/rules/rights.py`.
 */

/**
 * @typedef {"passing" | "guest" | "member" | "moderator" | "owner" | "operator"} Role
 * @typedef {"say" | "react" | "edit" | "delete" | "topic" | "pin" | "report" | "invite" | "remove" | "kick" | "ban"
 *   | "mute" | "slow" | "lock" | "see_reports" | "webhooks" | "read_only" | "private" | "revisions" | "rename" | "archive"
 *   | "retention" | "hold"
 *   | "delete_room" | "moderators"} Act
 * @typedef {"react" | "reply" | "copy" | "link" | "quote" | "unread" | "edit" | "remove" | "report" | "pin"
 *   | "unpin" | "revisions"} Deed with a message
 * @typedef {"public" | "read-only" | "locked" | "private" | "conversation" | "archived" | "system"} Kind
 */

/** @type {Role[]} each may do what those before it may */
const ROLES = ["passing", "guest", "member", "moderator", "owner", "operator"];

const TABLE = `
act         public    read-only locked    private   conversation archived  system
say         passing   moderator moderator guest     passing      nobody    nobody
react       passing   passing   moderator guest     passing      nobody    nobody
edit        passing   moderator moderator guest     passing      nobody    nobody
delete      passing   passing   passing   guest     passing      passing   nobody
topic       passing   moderator moderator guest     passing      nobody    nobody
pin         passing   moderator moderator guest     passing      nobody    nobody
report      passing   passing   passing   guest     passing      passing   nobody
invite      guest     guest     moderator moderator nobody       nobody    nobody
remove      moderator moderator moderator moderator nobody       moderator nobody
kick        moderator moderator moderator moderator nobody       moderator nobody
ban         moderator moderator moderator moderator nobody       moderator nobody
mute        moderator moderator moderator moderator nobody       nobody    nobody
slow        moderator moderator moderator moderator nobody       nobody    nobody
lock        moderator moderator moderator moderator nobody       nobody    nobody
see_reports moderator moderator moderator moderator nobody       moderator nobody
webhooks    moderator moderator moderator moderator nobody       nobody    nobody
read_only   owner     owner     owner     owner     nobody       nobody    nobody
private     owner     owner     owner     owner     nobody       nobody    nobody
revisions   owner     owner     owner     owner     nobody       nobody    nobody
rename      owner     owner     owner     owner     nobody       nobody    nobody
retention   owner     owner     owner     owner     nobody       owner     nobody
hold        operator  operator  operator  operator  nobody       operator  nobody
archive     owner     owner     owner     owner     nobody       owner     nobody
delete_room owner     owner     owner     owner     nobody       owner     nobody
moderators  owner     owner     owner     owner     nobody       nobody    nobody
`;

/** @type {Record<string, Record<string, string>>} act and kind to the least role */
export const RIGHTS = {};
{
  const [[, ...kinds], ...rows] = TABLE.trim()
    .split("\n")
    .map((line) => line.split(/\s+/));
  for (const [act, ...cells] of rows)
    RIGHTS[act] = Object.fromEntries(cells.map((least, at) => [kinds[at], least]));
}

/**
 * @param {Role} role
 * @param {string} least
 */
export const isAtLeast = (role, least) =>
  ROLES.includes(/** @type {Role} */ (least)) &&
  ROLES.indexOf(role) >= ROLES.indexOf(/** @type {Role} */ (least));

/**
 * @param {Act} act
 * @param {Role} role
 * @param {readonly Kind[]} kinds of the room
 */
export const may = (act, role, kinds) => kinds.every((kind) => isAtLeast(role, RIGHTS[act][kind]));
