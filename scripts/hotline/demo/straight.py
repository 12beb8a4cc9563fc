"""The straight course: taken up, answered, called about, closed, archived."""

from __future__ import annotations

from hotline.demo import scenes
from hotline.demo.draw import chance, pick
from hotline.demo.story import Story
from hotline.procedure.identity import event_id

SATISFIED = ("satisfied", "basically_satisfied")


def plain(story: Story) -> None:
    """Taken up, answered in time, closed."""
    scenes.taken_up(story)
    if chance(story.random, 0.06):
        scenes.supplemented(story)
    scenes.answered(story, scenes.answer_time(story))
    _corrected(story)
    finished(story)


def finished(story: Story, *, satisfied: bool = False) -> None:
    """Called back, closed, archived. Who cannot be called is closed on a lawful answer."""
    draw = story.random.random()
    if not story.order.is_reachable or (not satisfied and draw < 0.08):
        if story.order.is_reachable:
            scenes.not_reached(story)
        scenes.closed(story, "lawful_reply")
    elif satisfied or draw < 0.92:
        result = "basically_satisfied" if story.random.random() < 0.12 else "satisfied"
        scenes.called_back(story, pick(story.random, ("satisfied", result)), result)
        scenes.closed(story, "satisfied")
    else:
        scenes.called_back(story, pick(story.random, SATISFIED), "dissatisfied")
        scenes.closed(story, "lawful_reply")
    if story.urgent and chance(story.random, 0.1):
        text = "本地网络论坛出现相关帖文，阅读量不高，已回应处置进展，热度回落。"
        story.add(
            "public_opinion", story.center, story.working(10, 60),
            text=text, negative=True, caused_by_handling=False, impact="slight",
        )  # fmt: skip
    scenes.archived(story)


def _corrected(story: Story) -> None:
    """A slip of the pen, put right by the one who made it; nothing is rewritten (art. 12)."""
    talks = [event for event in story.events if event["type"] == "contacted"]
    if not talks or not chance(story.random, 0.01):
        return
    talk = {**talks[-1], "at": talks[-1]["at"].isoformat()}
    story.add(
        "corrected", talk["by"], story.wall(10, 40), event=event_id(talk), field="summary",
        value="已与诉求人取得联系，告知收悉情况和办理单位，约定次日上午现场核查。",
        reason="原记录漏写约定的核查时间。",
    )  # fmt: skip
