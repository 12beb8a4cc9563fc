"""The workflows: linted, held to what a hostile pull request asks of them, and carried out."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.forges.descriptions import Dialect
from tests.forges.served import served
from tests.forges.standin import StandIn
from tests.support import ROOT
from tests.workflows.forge import NEW, Forge, case
from tests.workflows.runner import STARTER, TOOL, WORKFLOWS, git, load

OWN = sorted(WORKFLOWS.glob("*.yml"))
SHIPPED = sorted(STARTER.glob("*.yml"))
BOTH = OWN + SHIPPED
CHECK = WORKFLOWS / "check.yml"
ESCALATE = WORKFLOWS / "escalate.yml"
BAD = """\
on: {pull_request_target: , schedule: [{cron: "0 25 * * *"}]}
jobs:
  bad:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: echo ${{ github.event.pull_request.title }}
"""

needs_tool = pytest.mark.skipif(not TOOL.exists(), reason="hotline is not installed beside Python")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    return Forge(tmp_path)


# --- as text -----------------------------------------------------------------------------


def lint(*command: str | Path) -> subprocess.CompletedProcess[str]:
    tool = TOOL.parent / str(command[0])
    if not tool.exists():
        pytest.skip(f"{command[0]} is not installed (dependency group dev)")
    return subprocess.run([tool, *command[1:]], capture_output=True, text=True, cwd=ROOT)


ZIZMOR = ("zizmor", "--offline", "--persona", "auditor", "--no-progress", "--strict-collection")
# actionlint calls shellcheck and pyflakes where a machine has them: the same verdict everywhere.
ACTIONLINT = ("actionlint", "-shellcheck=", "-pyflakes=")
SCHEMA = ("check-jsonschema", "--builtin-schema", "vendor.github-workflows")


@pytest.mark.parametrize("linter", [ZIZMOR, ACTIONLINT, SCHEMA], ids=lambda linter: linter[0])
def test_linters_find_nothing(linter: tuple[str, ...]) -> None:
    done = lint(*linter, *BOTH)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("linter", [ZIZMOR, ACTIONLINT], ids=lambda linter: linter[0])
def test_linters_would_find_something(linter: tuple[str, ...], tmp_path: Path) -> None:
    bad = tmp_path / ".github" / "workflows" / "bad.yml"
    bad.parent.mkdir(parents=True)
    bad.write_text(BAD)
    assert lint(*linter, bad).returncode != 0


def test_the_starter_has_the_same_workflows() -> None:
    """One source: ``make generated`` copies them."""
    assert {path.name for path in SHIPPED} == {path.name for path in OWN} - {"tests.yml"}
    for path in SHIPPED:
        assert path.read_bytes() == (WORKFLOWS / path.name).read_bytes(), "run `make generated`"


@pytest.mark.parametrize("path", BOTH, ids=name)
def test_least_rights(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]["group"]
    assert {"pull_request_target", "workflow_run", "issue_comment"}.isdisjoint(workflow["on"])
    on_requests = "pull_request" in workflow["on"]
    secrets = set(re.findall(r"secrets\.(\w+)", path.read_text("utf-8")))
    assert secrets <= (set() if on_requests else {"HOTLINE_MARKER_KEY"})
    for name, job in workflow["jobs"].items():
        assert 0 < job["timeout-minutes"] <= 60
        checkouts = [s["with"] for s in job["steps"] if "actions/checkout@" in s.get("uses", "")]
        assert all(given["persist-credentials"] is False for given in checkouts)
        if on_requests and name == "comment":
            assert job["permissions"] == {"contents": "read", "pull-requests": "write"}
            assert [given["ref"] for given in checkouts] == ["refs/heads/${{ github.base_ref }}"]
        elif on_requests:
            assert job["permissions"] == {"contents": "read"}
            assert "token" not in str(job["steps"]), "no token where others' files are"


@pytest.mark.parametrize("path", BOTH, ids=name)
def test_actions_are_pinned(path: Path) -> None:
    uses = re.findall(r"uses: (.+)", path.read_text("utf-8"))
    assert uses
    for line in uses:
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_one_version_of_an_action() -> None:
    pinned = {line for path in BOTH for line in re.findall(r"uses: (.+)", path.read_text("utf-8"))}
    assert len(pinned) == len({line.split("@")[0] for line in pinned})


@pytest.mark.parametrize("path", BOTH, ids=name)
def test_expressions_never_reach_a_shell(path: Path) -> None:
    for job in load(path)["jobs"].values():
        assert not [step["name"] for step in job["steps"] if "${{" in step.get("run", "")]


def test_tests_are_what_ci_runs() -> None:
    steps = load(WORKFLOWS / "tests.yml")["jobs"]["tests"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == [".ci/run"]
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


# --- when --------------------------------------------------------------------------------


def moments(cron: str) -> set[int]:
    """The minutes of a day in Shanghai (UTC+8) at which a cron line of ours starts."""
    minutes, hours, *days = cron.split()
    assert days == ["*", "*", "*"], "make-up days fall on any day of the week"
    return {(h * 60 + m + 480) % 1440 for h in values(hours) for m in values(minutes)}


def values(field: str) -> list[int]:
    spans = [part.partition("-") for part in field.split(",")]
    return [n for low, _, high in spans for n in range(int(low), int(high or low) + 1)]


def test_escalation_is_often_enough() -> None:
    """Every 15 minutes from 9 to 17, every 30 at all other times, any day."""
    crons = [entry["cron"] for entry in load(WORKFLOWS / "escalate.yml")["on"]["schedule"]]
    starts = sorted(set().union(*map(moments, crons)))
    for now, following in zip(starts, [*starts[1:], starts[0] + 1440], strict=True):
        at_work = now >= 9 * 60 and following <= 17 * 60
        assert following - now <= (15 if at_work else 30), divmod(now, 60)
    assert len(starts) == 8 * 4 + 16 * 2


@pytest.mark.parametrize(
    ("event", "ref", "runs"),
    [("schedule", "main", True), ("workflow_dispatch", "main", True), ("workflow_dispatch", "x", False)],
)  # fmt: skip
def test_escalation_runs_on_the_default_branch_only(
    forge: Forge, event: str, ref: str, runs: bool
) -> None:
    runner = forge.machine(event_name=event, ref_name=ref)
    if event == "workflow_dispatch":  # a schedule's event does not name the repository
        runner.event["event.repository.default_branch"] = "main"
    assert runner.holds(load(WORKFLOWS / "escalate.yml")["jobs"]["escalate"]["if"]) is runs


def test_pages_are_off_unless_asked_for(forge: Forge) -> None:
    runner = forge.on_main()
    assert not runner.holds(load(WORKFLOWS / "site.yml")["jobs"]["pages"]["if"])


# --- carried out: a pull request ---------------------------------------------------------

both_forges = pytest.mark.parametrize("kind", ["github", "gitea"])


@needs_tool
@both_forges
def test_a_clean_order_passes(forge: Forge, kind: str) -> None:
    forge.branch()
    forge.commit(dict([case(2)]))
    result = forge.pull_request(kind).job(CHECK, "check")
    assert result.failed is None, result.log
    assert f"::warning file={NEW}" in result.log  # overdue, and only the new order is judged
    assert "LZ-20240312-0001" not in result.log + result.summary
    assert "检查了 1 个文件：错误 0 处" in result.summary
    assert "❌" not in result.summary and "须由" not in result.summary


@needs_tool
@both_forges
def test_a_faulty_order_fails(forge: Forge, kind: str) -> None:
    forge.branch()
    forge.commit(dict([case(2, kind="rumour")]))
    result = forge.pull_request(kind).job(CHECK, "check")
    assert result.failed == "检查工单"
    assert re.search(rf"^::error file={NEW},line=\d+,col=\d+,title=S010", result.log, re.M)
    assert "❌ S010" in result.summary


@needs_tool
@both_forges
def test_the_check_is_one_comment_on_the_request(forge: Forge, kind: Dialect) -> None:
    standin = StandIn(kind, repository="county/hotline")
    number = standin.open_issue("改一件工单", by="clerk", pull=True).number
    forge.branch()
    for change, told in ((dict([case(2, kind="rumour")]), "❌ S010"), ({NEW: None}, "✅ ")):
        git(forge.root, "checkout", "--quiet", "change")
        forge.commit(change)
        runner = forge.pull_request(kind)
        runner.event |= {
            "event.pull_request.number": str(number),
            "event.pull_request.head.repo.full_name": "county/hotline",
        }
        checked = runner.job(CHECK, "check")
        with served(standin) as url:
            runner.forge = {"GITHUB_API_URL": url}
            result = runner.job(
                CHECK, "comment", {"check": checked}, GITHUB_TOKEN="bot-token"
            )  # fmt: skip
        assert result.failed is None, result.log
        comments = standin.comments_of(number)
        assert len(comments) == 1 and told in comments[0].body
        shutil.rmtree(runner.workspace.parent)
    assert len(comments[0].body.splitlines()) == 2, "the mark, and one green line"


@needs_tool
@both_forges
@pytest.mark.parametrize("token", ["bot-token", "expired"])
def test_escalation_writes_issues(forge: Forge, kind: Dialect, token: str) -> None:
    standin = StandIn(kind, repository="county/hotline")
    with served(standin) as url:
        runner = forge.on_main("schedule")
        runner.forge = {"GITHUB_API_URL": url}
        given = {"GITHUB_TOKEN": token, "HOTLINE_MARKER_KEY": "known-to-the-centre"}
        result = runner.job(ESCALATE, "escalate", **given)
    plan = result.summary.partition("## 升级提醒\n\n")[2].splitlines()
    assert all(line.startswith("    ") for line in plan)
    if token == "expired":
        assert result.failed == "列出并执行升级提醒" and "令牌无效" in result.summary
        return
    assert result.failed is None, result.log
    assert plan[0].startswith("    新建") and "LZ-20240312-0001" in plan[0]
    assert ["LZ-20240312-0001" in issue.title for issue in standin.open_issues()] == [True]


INVENTED = """\
  - id: invented-bureau
    name: 县没有此局
    short: 县没有此局
    role: unit
    parent: county-government
    administrative: true
    desk: {post: 办公室, phone: "028-23001000"}
    members: [{email: clerk@invented-bureau.lezhi.example, keys: []}]
"""


@needs_tool
@both_forges
def test_a_request_does_not_judge_itself(forge: Forge, kind: str) -> None:
    """By its own units its fault passes; by the base's it does not. (A schema of its own can
    only ask for more: the tool's holds besides.)"""
    forge.branch()
    unknown, unit = case(3)
    forge.commit(
        {unknown: unit.replace("lead: housing-bureau", "lead: invented-bureau")},
        forge.edit("schema/case.schema.json", '  "location",\n', ""),
        forge.edit("registry/units.yaml", "units:\n", f"units:\n{INVENTED}"),
        {".github/workflows/check.yml": "on: pull_request\njobs: {}\n"},
    )
    assert forge.own_verdict() == 0, "the trap must work"

    result = forge.pull_request(kind).job(CHECK, "check")
    assert result.failed == "检查工单"
    found = re.findall(r"^::error file=(.+?),line.*title=(\w+)", result.log, re.M)
    assert found == [(unknown, "X010")]
    assert "::warning title=涉及规则或工具::" in result.log
    assert re.findall(r"^- `(.+)`$", result.summary, re.M) == [
        ".github/workflows/check.yml", "registry/units.yaml", "schema/case.schema.json",
    ]  # fmt: skip


@needs_tool
def test_the_tool_is_the_bases(forge: Forge) -> None:
    """Installed from what the base pins, in the base's folder, before the head is looked at."""
    forge.branch()
    forge.commit({"requirements.txt": "evil\n", "uv.lock": "evil\n"}, dict([case(2)]))
    runner = forge.pull_request("github")
    result = runner.job(CHECK, "check")
    assert {line.split(": ")[0] for line in result.installed.splitlines()} == {
        str(runner.workspace / "base")
    }
    assert "--requirements requirements.txt" in result.installed
    assert (runner.workspace / "base" / "requirements.txt").read_text() == "hotline\n"
    assert "- `requirements.txt`" in result.summary and "- `uv.lock`" in result.summary


@needs_tool
def test_a_lock_is_installed_as_it_is(forge: Forge) -> None:
    forge.commit({"uv.lock": ""})
    forge.branch()
    result = forge.pull_request("github").job(CHECK, "check")
    assert "uv sync --quiet --frozen" in result.installed


@needs_tool
@both_forges
def test_the_base_moved_on(forge: Forge, kind: str) -> None:
    """What counts are the rules of today's base, and what the request itself changed."""
    forge.branch()
    forge.commit({case(2)[0]: case(2)[1].replace("lead: housing-bureau", "lead: invented-bureau")})
    forge.back()
    forge.commit(
        forge.edit("registry/units.yaml", "units:\n", f"units:\n{INVENTED}"),
        dict([case(3, kind="rumour")]),
    )
    result = forge.pull_request(kind).job(CHECK, "check")
    assert result.failed is None, result.log
    assert "registry/units.yaml" not in result.summary


@needs_tool
def test_rules_that_break_the_base_fail(forge: Forge) -> None:
    """No order is touched, but the registry that would land does not know one's unit."""
    forge.branch()
    forge.commit(forge.edit("registry/units.yaml", "id: tianchi-street", "id: renamed-street"))
    result = forge.pull_request("github").job(CHECK, "check")
    assert result.failed == "检查工单"
    assert "title=X010" in result.log
    assert "按改动后的名录和规则检查全部工单" in result.summary


HOSTILE = (
    "cases/2024/03/$(touch pwned).yaml",
    "cases/2024/03/`touch pwned`.yaml",
    "cases/2024/03/a\n::add-mask::x\n.yaml",
    "registry/;touch pwned;.yaml",
    "registry/a\n::stop-commands::x\n- [x](javascript:alert(1)) `` <img src=x>.txt",
)


@needs_tool
def test_hostile_names_are_only_text(forge: Forge) -> None:
    forge.branch("x$(touch${IFS}pwned)")
    forge.commit(dict.fromkeys(HOSTILE, "a: 1\n"))
    runner = forge.pull_request("github", head="x$(touch${IFS}pwned)")
    result = runner.job(CHECK, "check")
    assert result.failed == "检查工单"
    refused = re.findall(r"^::error file=(cases/.*),line.*title=S020", result.log, re.M)
    assert len(set(refused)) == 3
    for command in result.commands:
        assert re.match(r"::(error|warning) (file|title)=", command), command
    for line in result.summary.splitlines():
        if line.startswith("- `"):
            assert re.fullmatch(r"- `[\w./?-]+`", line, re.A), line
    assert "<img" not in result.summary and "](javascript" not in result.summary
    assert not [p for p in runner.workspace.parent.rglob("pwned*") if p.name == "pwned"]


@needs_tool
def test_deleted_orders_are_called_out(forge: Forge) -> None:
    forge.branch()
    forge.commit({case(1)[0]: None})
    result = forge.pull_request("github").job(CHECK, "check")
    assert result.failed is None
    assert f"- `{case(1)[0]}`" in result.summary.partition("删除或改名的工单")[2]


@needs_tool
def test_too_many_files_are_refused(forge: Forge) -> None:
    forge.branch()
    forge.commit(dict(case(number) for number in range(2, 6)))
    result = forge.pull_request("github").job(CHECK, "check", MAX_FILES="3")
    assert result.failed == "列出须由管理机构审核的改动"
    assert "一次改动了 4 个文件" in result.log


# --- carried out: on the main branch -----------------------------------------------------


@needs_tool
def test_two_good_requests_that_clash_are_found_after_merging(forge: Forge) -> None:
    for number in (2, 3):
        forge.branch(f"change-{number}")
        forge.commit(dict([case(number, upstream_id="ZY202403129999")]))
        forge.back()
    for number in (2, 3):
        git(forge.root, "merge", "--quiet", "--no-ff", "-m", "merge", f"change-{number}")
    result = forge.on_main().job(CHECK, "check")
    assert result.failed == "检查工单"
    assert "title=X002" in result.log


@needs_tool
@pytest.mark.skipif(not find_spec("hotline.cli.verbs.site"), reason="`hotline site` is not there")
def test_the_site_is_built_and_kept(forge: Forge) -> None:
    result = forge.on_main().job(WORKFLOWS / "site.yml", "build")
    assert result.failed is None, result.log
    assert "index.html" in result.uploaded["site"]
    assert f"共 {len(result.uploaded['site'])} 个文件" in result.summary
