"""What happened in a repository, as GitHub, Gitea, Forgejo and GitLab tell it."""

from hubbub.server.http.hooks.fields import (
    Body,
    joined,
    lines,
    linked,
    object_in,
    objects_in,
    text_in,
)

COMMITS_MAX = 10
"""Commits of a push that are told one by one."""

SUBJECTS = {
    "issue": "issue",
    "pull_request": "pull request",
    "merge_request": "merge request",
    "discussion": "discussion",
    "release": "release",
    "workflow_run": "run",
    "check_run": "check",
    "deployment": "deployment",
}
"""Fields of an event that hold what it is about, with what people call that."""

_PAST = {"open": "opened", "close": "closed", "reopen": "reopened", "merge": "merged"}
_TOLD_WHOLE = ("opened", "published")


def event(body: Body, name: str) -> str:
    """Return what an event says; `name` is what its sender calls it. '' if it is none."""
    repository, project = object_in(body, "repository"), object_in(body, "project")
    where = text_in(repository, "full_name") or text_in(project, "path_with_namespace")
    if not where:
        return ""
    who = _sender(body)
    if text_in(body, "ref") and isinstance(body.get("commits"), list):
        return _push(body, who, where)
    attributes = object_in(body, "object_attributes")  # of GitLab
    action = text_in(body, "action") or text_in(attributes, "action")
    action = _PAST.get(action, action).replace("_", " ")
    kind = name.replace("_", " ")
    comment = attributes if kind == "note" else object_in(body, "comment")
    if comment:
        action = {"": "commented on", "created": "commented on"}.get(action, f"{action} comment on")
    for field, noun in SUBJECTS.items():
        if subject := object_in(body, field):
            return _about(subject, comment, [who, action, noun], where)
    if attributes and not comment:
        return _about(attributes, {}, [who, action, kind], where)
    told = joined(who, action, kind, f"in {where}", by=" ")
    return joined(told, text_in(body, "zen") or text_in(comment, "note", "body"))


def _sender(body: Body) -> str:
    return (
        text_in(object_in(body, "sender"), "login")
        or text_in(object_in(body, "pusher"), "name")
        or text_in(object_in(body, "user"), "name")
        or text_in(body, "user_name")
    )


def _push(body: Body, who: str, where: str) -> str:
    commits = objects_in(body, "commits")
    branch = text_in(body, "ref").removeprefix("refs/heads/").removeprefix("refs/tags/")
    if set(text_in(body, "after")) == {"0"}:  # no commit is there any more
        return f"{who} deleted {branch} of {where}"
    count = "1 commit" if len(commits) == 1 else f"{len(commits)} commits"
    untold = len(commits) - COMMITS_MAX
    return lines(
        [
            f"{who} pushed {count} to {branch} of {where}",
            *(_commit(one) for one in commits[:COMMITS_MAX]),
            f"… and {untold} more" if untold > 0 else "",
            text_in(body, "compare", "compare_url"),
        ]
    )


def _commit(commit: Body) -> str:
    subject = text_in(commit, "message").partition("\n")[0]
    author = text_in(object_in(commit, "author"), "name")
    return f"- {text_in(commit, 'id')[:7]} {subject}" + (f" ({author})" if author else "")


def _about(subject: Body, comment: Body, did: list[str], where: str) -> str:
    """Return what happened to an issue, a merge request, and the like, with a comment on it."""
    number = text_in(subject, "number", "iid")
    title = text_in(subject, "title", "name", "tag_name")
    heading = joined(*did, f"#{number}" if number else "", f"in {where}", by=" ")
    outcome = text_in(subject, "conclusion", "status")
    url = text_in(comment, "html_url", "url") or text_in(subject, "html_url", "url")
    opening = text_in(subject, "body", "description") if did[1] in _TOLD_WHOLE else ""
    return lines(
        [
            linked(joined(heading, title, outcome), url),
            text_in(comment, "body", "note") or opening,
        ]
    )
