"""What the store holds as the JSON that each dialect writes."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from tests.forges.descriptions import Description, Rendered, rendered
from tests.forges.model import Comment, Issue, Label, User

API = {"github": "https://api.github.com", "gitea": "https://gitea.lezhi.example/api/v1"}
WEB = {"github": "https://github.com", "gitea": "https://gitea.lezhi.example"}
_USER_URLS = (
    "followers", "following", "gists", "starred", "subscriptions", "organizations", "repos",
    "events", "received_events",
)  # fmt: skip


@lru_cache(8192)
def stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def when(seconds: float | None) -> str | None:
    return None if seconds is None else stamp(int(seconds))


def node(kind: str, number: int) -> str:
    return f"{kind}_{base64.urlsafe_b64encode(str(number).encode()).decode().rstrip('=')}"


class Shapes:
    """Renders each state of each row once."""

    def __init__(self, description: Description, repository: str) -> None:
        self._github = description.dialect == "github"
        self._described = description
        self._api, self._web = API[description.dialect], WEB[description.dialect]
        self._repository = repository
        self._repo = f"{self._api}/repos/{repository}"
        self._page = f"{self._web}/{repository}"
        self._made: dict[Issue | Comment | Label, Rendered] = {}
        self._users: dict[User, dict[str, Any]] = {}

    def issue(self, row: Issue) -> Rendered:
        return self._once(row, self._github_issue if self._github else self._gitea_issue)

    def comment(self, row: Comment) -> Rendered:
        return self._once(row, self._github_comment if self._github else self._gitea_comment)

    def label(self, row: Label) -> Rendered:
        return self._once(row, self._label)

    def _once(self, row: Any, make: Any) -> Rendered:
        found = self._made.get(row)
        if found is None:
            found = self._made[row] = rendered(make(row))
        return found

    def repository(self, writer: bool) -> dict[str, Any]:
        owner, name = self._repository.split("/")
        rights = {"admin": False, "push": writer, "pull": True}
        if not self._github:
            return {
                "id": 1, "name": name, "full_name": self._repository, "has_issues": True,
                "archived": False, "private": False, "permissions": rights, "html_url": self._page,
            }  # fmt: skip
        parts = self._described.document["components"]
        needed = parts["schemas"]["full-repository"]["required"]
        example = parts["examples"]["full-repository-default-response"]["value"]
        shape = {name: example.get(name) for name in needed}
        return {
            **shape, "name": name, "full_name": self._repository, "url": self._repo,
            "html_url": self._page, "permissions": rights, "owner": self.user(User(owner, 9)),
        }  # fmt: skip

    # -- GitHub -------------------------------------------------------------------------

    def user(self, row: User | None) -> dict[str, Any] | None:
        if row is None:
            return None
        if row not in self._users:
            make = self._github_user if self._github else self._gitea_user
            self._users[row] = make(row)
        return self._users[row]

    def _github_user(self, row: User) -> dict[str, Any]:
        url = f"{self._api}/users/{quote(row.login)}"
        return {
            "login": row.login, "id": row.id, "node_id": node("U", row.id),
            "avatar_url": f"https://avatars.githubusercontent.com/u/{row.id}?v=4",
            "gravatar_id": "", "url": url, "html_url": f"{self._web}/{quote(row.login)}",
            **{f"{name}_url": f"{url}/{name}" for name in _USER_URLS},
            "type": row.type, "user_view_type": "public", "site_admin": False,
        }  # fmt: skip

    def _github_issue(self, row: Issue) -> dict[str, Any]:
        url = f"{self._repo}/issues/{row.number}"
        page = f"{self._page}/{'pull' if row.pull else 'issues'}/{row.number}"
        shape = {
            "url": url, "repository_url": self._repo, "labels_url": f"{url}/labels{{/name}}",
            "comments_url": f"{url}/comments", "events_url": f"{url}/events", "html_url": page,
            "id": row.id, "node_id": node("I", row.id), "number": row.number, "title": row.title,
            "user": self.user(row.author), "labels": [self.label(x).value for x in row.labels],
            "state": row.state, "locked": row.locked, "assignee": None, "assignees": [],
            "milestone": None, "comments": row.comments, "created_at": when(row.created),
            "updated_at": when(row.updated), "closed_at": when(row.closed),
            "author_association": "MEMBER" if row.author.writer else "NONE",
            "active_lock_reason": row.lock_reason, "body": row.body or None,
            "closed_by": self.user(row.closed_by), "performed_via_github_app": None,
            "state_reason": row.state_reason, "timeline_url": f"{url}/timeline",
        }  # fmt: skip
        if row.pull:
            shape["draft"] = False
            shape["pull_request"] = {
                "url": f"{self._repo}/pulls/{row.number}", "html_url": page,
                "diff_url": f"{page}.diff", "patch_url": f"{page}.patch", "merged_at": None,
            }  # fmt: skip
        return shape

    def _github_comment(self, row: Comment) -> dict[str, Any]:
        return {
            "url": f"{self._repo}/issues/comments/{row.id}",
            "html_url": f"{self._page}/issues/{row.number}#issuecomment-{row.id}",
            "issue_url": f"{self._repo}/issues/{row.number}", "id": row.id,
            "node_id": node("IC", row.id), "user": self.user(row.author),
            "created_at": when(row.created), "updated_at": when(row.updated), "body": row.body,
            "author_association": "MEMBER" if row.author.writer else "NONE",
            "performed_via_github_app": None,
        }  # fmt: skip

    def _label(self, row: Label) -> dict[str, Any]:
        if self._github:
            return {
                "id": row.id, "node_id": node("LA", row.id), "name": row.name, "color": row.color,
                "url": f"{self._repo}/labels/{quote(row.name, safe='')}", "default": False,
                "description": row.description or None,
            }  # fmt: skip
        return {
            "id": row.id, "name": row.name, "exclusive": False, "is_archived": False,
            "color": row.color, "description": row.description,
            "url": f"{self._repo}/labels/{row.id}",
        }  # fmt: skip

    # -- Gitea --------------------------------------------------------------------------

    def _gitea_user(self, row: User) -> dict[str, Any]:
        return {
            "id": row.id, "login": row.login, "login_name": "", "source_id": 0, "full_name": "",
            "email": f"{row.login}@noreply.lezhi.example", "is_admin": False, "language": "",
            "avatar_url": f"{self._web}/avatars/{row.id}", "html_url": f"{self._web}/{row.login}",
            "last_login": "0001-01-01T00:00:00Z", "created": "2026-01-05T08:00:00+08:00",
            "restricted": False, "active": True, "prohibit_login": False, "location": "",
            "website": "", "description": "", "visibility": "public", "followers_count": 0,
            "following_count": 0, "starred_repos_count": 0, "username": row.login,
        }  # fmt: skip

    def _gitea_issue(self, row: Issue) -> dict[str, Any]:
        page = f"{self._page}/{'pulls' if row.pull else 'issues'}/{row.number}"
        owner, name = self._repository.split("/")
        pull = {"merged": False, "merged_at": None, "draft": False, "html_url": page}
        return {
            "id": row.id, "url": f"{self._repo}/issues/{row.number}", "html_url": page,
            "number": row.number, "user": self.user(row.author), "original_author": "",
            "original_author_id": 0, "title": row.title, "body": row.body, "ref": "", "assets": [],
            "labels": [self.label(x).value for x in row.labels], "milestone": None,
            "assignee": None, "assignees": None, "state": row.state, "is_locked": row.locked,
            "comments": row.comments, "created_at": when(row.created),
            "updated_at": when(row.updated), "closed_at": when(row.closed), "due_date": None,
            "time_estimate": 0, "pull_request": pull if row.pull else None,
            "repository": {"id": 1, "name": name, "owner": owner, "full_name": self._repository},
            "pin_order": 0, "content_version": row.version,
        }  # fmt: skip

    def _gitea_comment(self, row: Comment) -> dict[str, Any]:
        page = f"{self._page}/issues/{row.number}"
        return {
            "id": row.id, "html_url": f"{page}#issuecomment-{row.id}", "pull_request_url": "",
            "issue_url": page, "user": self.user(row.author), "original_author": "",
            "original_author_id": 0, "body": row.body, "assets": [],
            "created_at": when(row.created), "updated_at": when(row.updated),
        }  # fmt: skip
