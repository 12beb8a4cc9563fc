"""What is kept of an order gives what the order itself gave."""

from __future__ import annotations

import json

from hotline.findings.engine import Engine
from hotline.pages import data
from hotline.pages.gather import Gather
from hotline.pages.models import Editing
from hotline.pages.told import as_plain, row_of
from hotline.values.times import parse_time
from hotline.views.case_view import CaseView, view_case
from hotline.views.due import as_json, calendar_of, due_table
from tests.site import sample
from tests.site.conftest import hostile_cases
from tests.support import path_of, schema, shipped_rules, to_yaml

NOW = parse_time(sample.NOW)


def views() -> list[CaseView]:
    engine = Engine(shipped_rules(), schema(), NOW)
    judged = [
        engine.judge(path_of(case), to_yaml(case)) for case in [*sample.orders(60), *hostile_cases()]
    ]  # fmt: skip
    return [view_case(one.subject, NOW) for one in judged if one.subject is not None]


def test_a_row_comes_back_as_it_was() -> None:
    rules = shipped_rules()
    gather = Gather(rules.registry, rules.calendar, NOW)
    rows = [gather.row(view) for view in views()]
    assert any(row.clocks for row in rows) and any(row.interims for row in rows)
    for row in rows:
        assert row_of(json.loads(json.dumps(as_plain(row)))) == row


def test_files_made_of_pieces_are_those_made_at_once() -> None:
    rules = shipped_rules()
    gather = Gather(rules.registry, rules.calendar, NOW)
    all_ = views()
    for view in all_:
        gather.take(view, [])
    site = gather.finish(name="热线", editing=Editing())
    open_ = [view for view in all_ if view.is_open]
    pieces = [data.running(view, rules.registry) for view in open_]
    whole = as_json(due_table(open_, site.now, rules.calendar)) + "\n"
    assert data.due(site, pieces) == whole
    assert data.due(site, []) == as_json(due_table([], site.now, rules.calendar)) + "\n"
    open_.sort(key=lambda view: (view.id, view.subject.path))
    for path, text in data.calendars(site, pieces):
        unit = path.removeprefix("calendars/").removesuffix(".ics")
        pairs = [
            (view, each)
            for view in open_
            for each in view.clocks
            if each.counts and not each.clock.is_right and each.clock.unit == unit
        ]
        name = f"{rules.registry.unit_name(unit)} 热线时限"
        assert text.decode() == calendar_of(pairs, rules.registry, name), unit
