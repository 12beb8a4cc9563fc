"""The lifecycle as one table: which event, by whom, in which state, to which state.

The flow chart, the schema of events, W001 and W002, the help of ``hotline add`` and
the docs are all made from this table, so that none of them can disagree with it.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

FieldKind = Literal[
    "text", "bool", "days", "date", "time", "unit", "units", "texts", "choice", "cases",
    "statutory", "event", "true", "any", "precedent", "sections", "delivery", "entry",
]  # fmt: skip

STATES: dict[str, str] = {
    "new": "待受理",
    "accepted": "已受理",
    "assigned": "已交办",
    "handling": "办理中",
    "replied": "已答复",
    "closed": "已办结",
    "archived": "已归档",
    "interim": "临时办结",
    "screening": "甄别中",
    "returned": "已退回市平台",
}
"""Derived state → what people read."""

DONE = frozenset({"closed", "archived", "returned"})
ANY = frozenset(STATES)
OPEN = ANY - DONE

ROLES: dict[str, str] = {
    "center": "热线管理机构",
    "bureau": "行政审批局",
    "government": "县人民政府",
    "supervisor": "监察机关",
    "unit": "承办单位",
    "lead": "主办单位",
    "support": "协办单位",
    "opener": "开出督办的单位",
    "author": "原事件的记录单位",
    "parent": "主管单位",
}
"""Who may write an event: roles of the registry, and parts that the case itself gives."""


class Field(NamedTuple):
    """A field of an event. ``required`` is what the schema asks; where a rule of its own
    asks for the field, the schema does not."""

    name: str
    title: str
    kind: FieldKind = "text"
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""


class EventType(NamedTuple):
    """A row of the table. ``to`` is None where the state stays as it is."""

    name: str
    title: str
    who: tuple[str, ...]
    states: frozenset[str]
    to: str | None = None
    fields: tuple[Field, ...] = ()
    article: str = "practice"
    condition: str = ""
    help: str = ""


def _choice(name: str, title: str, required: bool = True, /, **choices: str) -> Field:
    return Field(name, title, "choice", required, tuple(choices.items()))


def _in(*states: str) -> frozenset[str]:
    return frozenset(states)


KINDS = {
    "consultation": "咨询",
    "help": "求助",
    "suggestion": "建议",
    "complaint": "投诉",
    "report": "举报",
}
URGENCIES = {"normal": "普通事项", "special": "特殊事项", "emergency": "特殊紧急事项"}
CHANNELS = {
    "city_12345": "市12345热线普通件",
    "city_web": "资阳网等网络平台",
    "people_daily": "人民网",
    "secretary_mailbox": "县委书记信箱",
    "mayor_mailbox": "县长信箱",
    "province_12345": "省件政民互动",
    "province_direct": "省件直派/天府通办",
    "gov_cn": "中国政府网",
    "national_platform": "国家政务服务平台",
}
TEMPLATES = {
    "ordinary": "普通件",
    "netizen": "网络平台统一模板",
    "people_daily": "人民网",
    "province_12345": "省件12345（政民互动）",
    "province_direct": "省件直派",
    "gov_cn": "中国政府网",
    "national_platform": "国家政务服务平台",
}
TEMPLATE_OF = {
    "city_12345": "ordinary",
    "city_web": "netizen",
    "secretary_mailbox": "netizen",
    "mayor_mailbox": "netizen",
}
"""Channel → template where the two have other names (annex 2)."""
SECTIONS_OF = {
    "ordinary": ("demand", "findings", "handling", "communication"),
    "netizen": ("opinion",),
    "people_daily": ("opinion", "communication"),
    "province_12345": ("demand", "findings", "handling"),
    "province_direct": ("opinion",),
    "gov_cn": ("demand", "findings", "handling"),
    "national_platform": ("demand", "findings", "handling"),
}
"""Template → the sections that its letter prints."""
SECTIONS = {
    "demand": "您的主要诉求",
    "findings": "调查核实情况",
    "handling": "调查处理意见",
    "opinion": "回复意见",
    "communication": "沟通情况",
}
"""Section of a reply → its heading (annex 2), in the order of the letter."""
SATISFACTION = {
    "satisfied": "满意",
    "basically_satisfied": "基本满意",
    "dissatisfied": "不满意",
}
COMPLAINTS = {"false_reply": "虚假答复", "perfunctory": "敷衍塞责", "irrelevant": "答非所问"}
"""What a petitioner says of an answer (art. 19-2)."""
REDO_CAUSES = {
    "poor_handling": "办理效果差",
    "format": "模板格式不符",
    "dissatisfied": "诉求人不满意",
    "other": "其他",
}
BASES = {
    "clear": "职责明确",
    "precedent": "同类事项先例",
    "coordinated": "管理机构协调明确",
    "joint_consultation": "行政审批局召集专题协商",
    "leader_designated": "县政府分管负责同志指定",
    "nearest_duty": "权责相近",
}
BASIS_ROLE = {
    "clear": "center",
    "precedent": "center",
    "coordinated": "center",
    "joint_consultation": "bureau",
    "leader_designated": "government",
    "nearest_duty": "government",
}
"""Whose a basis of assignment is to use (art. 6)."""
SETTLED_BASES = frozenset(BASES) - {"clear", "precedent"}
"""Bases that settle like matters for the future (art. 6, last paragraph)."""
LEVEL_ROLE = {"bureau": "bureau", "county": "government"}

BUREAU_GROUNDS = {
    "E191": "超期未办理",
    "E192": "虚假答复、敷衍塞责、答非所问致不满意",
    "E193": "办理效果差退回重办",
    "E194": "未按模板、格式、时限反馈",
    "E195": "其他需要行政审批局督办的",
}
COUNTY_GROUNDS = {
    "E201": "省、市要求督办的典型案例",
    "E202": "同一问题连续投诉3次以上，合理诉求长期得不到解决",
    "E203": "未认真办理形成负面舆情",
    "E204": "依第六条确定承办后仍推诿",
    "E205": "经行政审批局督办后仍未见实效",
    "E206": "其他需要县人民政府督办的",
}
ACCOUNTABILITY_GROUNDS = {
    "E211": "未及时有效办理造成重大事故",
    "E212": "引发严重群体性事件或严重负面舆情",
    "E213": "推卸责任致工单反复退回",
    "E214": "打击报复、扣押销毁举报信息或泄露信息",
    "E215": "知识库内容出现重大错误",
    "E216": "经县人民政府督办后仍未见实效",
    "E217": "其他违法违规行为",
}

_STATUTORY = Field("statutory", "法律法规规定的办理时限", "statutory", False)
_REASON = Field("reason", "理由")
_CITY = Field("city_approved", "市平台是否同意", "bool", False)

_ROWS = (
    EventType("accepted", "受理", ("center",), _in("new"), "accepted", article="art. 5"),
    EventType(
        "alerted", "报告处置部门", ("center",), OPEN, None,
        (Field("authority", "处置部门"), Field("text", "报告内容")), "art. 7-4",
        help="特殊事项、特殊紧急事项立即报告",
    ),
    EventType(
        "assigned", "交办", ("center", "bureau", "government"), _in("accepted"), "assigned",
        (
            Field("lead", "主办单位", "unit"),
            Field("support", "协办单位", "units", help="没有协办单位时写 []"),
            _choice("basis", "交办依据", **BASES),
            Field("precedent", "所依先例", "precedent", False),
            Field("participants", "参加协商的单位", "texts", False),
            Field("via", "转交方式", "text", False),
        ),
        "art. 6",
    ),
    EventType("signed", "签收", ("lead",), _in("assigned"), "handling", article="art. 7-1"),
    EventType(
        "contacted", "联系诉求人", ("lead", "support"), OPEN, None,
        (
            _choice("method", "方式", phone="电话", visit="上门", message="短信"),
            Field("summary", "沟通内容"),
            _choice("result", "结果", False, reached="已联系上", no_answer="无人接听", refused="拒绝沟通"),
        ),
        "art. 7-2",
    ),
    EventType(
        "first_response", "初步响应", ("lead",), _in("assigned", "handling"), None,
        (Field("text", "初步响应意见"),), "art. 7-4",
    ),
    EventType(
        "support_opinion", "协办意见", ("support",), _in("assigned", "handling", "interim"), None,
        (Field("text", "意见"), Field("agrees", "是否同意主办意见", "bool", False)), "art. 6-1",
    ),
    EventType(
        "progress", "进展", ("lead", "support"),
        _in("assigned", "handling", "interim", "replied"), None,
        (Field("text", "进展情况"),), "art. 7-3",
    ),
    EventType("supplemented", "补充诉求", ("center",), OPEN, None, (Field("text", "补充内容"),)),
    EventType("urged", "催办", ("center", "bureau"), OPEN, None, (Field("text", "催办内容"),), "art. 17"),
    EventType(
        "extension_requested", "申请延期", ("lead",), _in("handling"), None,
        (
            Field("days", "延长工作日数", "days", False, help="与 statutory 二选一"),
            _STATUTORY,
            _REASON,
            Field("petitioner_informed", "是否已向诉求人说明", "bool"),
            Field("exceptional", "特殊情形", "text", False, help="超出一般限度时写明"),
        ),
        "art. 7-3",
    ),
    EventType(
        "extension_decided", "延期审核", ("center",), _in("handling"), None,
        (Field("approved", "县平台是否同意", "bool"), _CITY), "art. 7-3", "pending_extension",
    ),
    EventType(
        "return_requested", "申请退单", ("lead",), _in("assigned", "handling"), None,
        (
            Field("reason", "退单理由", "text", False),
            Field("legal_basis", "退单依据", "text", False),
            Field("suggested_unit", "转办建议", "text", False),
        ),
        "art. 7-5",
    ),
    EventType(
        "return_decided", "退单审核", ("center",), _in("assigned", "handling", "interim"), "accepted",
        (Field("approved", "是否同意退单", "bool"), Field("opinion", "审核意见")),
        "art. 7-5", "pending_return", help="同意后回到已受理，等待重新交办",
    ),
    EventType(
        "returned_upstream", "退回市平台", ("center",), _in("accepted"), "returned",
        (_REASON,), "art. 3",
    ),
    EventType(
        "interim_requested", "申请临时办结", ("lead",), _in("handling"), None,
        (
            _choice("ground", "事由", complex="情况特别复杂、短期内无法办结", case_filed="决定立案处理"),
            Field("situation", "办理进展情况", "text", False),
            Field("next_steps", "下步打算", "text", False),
            Field("promised_on", "承诺办结时限", "date", False),
            _STATUTORY,
        ),
        "art. 7-3",
    ),
    EventType(
        "interim_decided", "临时办结审核", ("center",), _in("handling"), "interim",
        (Field("approved", "是否同意", "bool"), _CITY), "art. 7-3", "pending_interim",
    ),
    EventType(
        "replied", "答复反馈", ("lead",), _in("handling", "interim"), "replied",
        (
            _choice("template", "模板", **TEMPLATES),
            Field("subject", "反映的问题"),
            Field("sections", "正文各部分", "sections"),
            Field("units", "共同答复的单位", "units", False, help="默认为主办单位"),
            Field("reviewed_by", "审核人", "text", False, help="不能是经办人本人"),
            Field("delivery", "送达", "delivery", False),
            _choice("letter", "是否另发信函", False, none="不再发函"),
            Field("legal_basis", "法律依据", "texts", False),
            Field("handler", "经办人", "text", False),
            Field("handler_phone", "经办人电话", "text", False),
            Field("contact_office", "联系科室", "text", False),
            Field("contact_phone", "联系电话", "text", False),
        ),
        "art. 8",
    ),
    EventType(
        "callback", "回访", ("center",), _in("replied", "closed"), None,
        (
            _choice("source", "回访方", city="市平台", county="县平台"),
            Field("reached", "是否接通", "bool"),
            _choice("process", "对办理过程", False, **SATISFACTION),
            _choice("result", "对办理结果", False, **SATISFACTION),
            _choice("complaint", "反映的问题", False, **COMPLAINTS),
            Field("caused_by_knowledge", "误导诉求人的知识库条目", "entry", False),
        ),
        "art. 10",
    ),
    EventType(
        "redo_ordered", "退回重办", ("center",), _in("replied", "closed"), "handling",
        (
            _REASON,
            _choice("cause", "原因", **REDO_CAUSES),
            _choice("ordered_by", "由谁退回", False, city="市平台", county="县平台"),
        ),
        "art. 9",
    ),
    EventType(
        "reclassified", "调整类别", ("center",), OPEN, None,
        (
            _choice("kind", "类型", False, **KINDS),
            _choice("urgency", "紧急程度", False, **URGENCIES),
            Field("category", "事项分类", "text", False),
            _REASON,
        ),
        "art. 5",
    ),
    EventType(
        "screening_requested", "申请甄别", ("lead",), _in("replied"), "screening",
        (
            _choice(
                "ground", "事由", beyond_law="超出法律法规规定", policy_limit="受相关政策等客观条件限制",
                excessive_expectation="诉求人期望过高",
            ),
            Field("statement", "说明"),
        ),
        "art. 10", "callback_before",
    ),
    EventType(
        "screening_decided", "甄别结论", ("center",), _in("screening"), "replied",
        (Field("upheld", "是否成立", "bool"),), "art. 10",
    ),
    EventType(
        "terminated", "终结办理", ("lead",), _in("handling", "replied"), "replied",
        (
            Field("opinion", "书面意见", "text", False),
            Field("legal_basis", "法律政策依据", "text", False),
            Field("explained", "是否已向诉求人解释", "bool"),
        ),
        "art. 11-2",
    ),
    EventType("withdrawn", "诉求人撤回", ("center",), OPEN, None, (_REASON,)),
    EventType(
        "deadline_set", "法定时限", ("center",), OPEN, None,
        (Field("law", "法律依据"), Field("due_on", "法定到期日", "date")), "art. 7-4",
    ),
    EventType(
        "linked", "关联同一事项", ("center",), ANY, None,
        (
            Field("cases", "更早的工单", "cases"),
            _choice("same", "同一", person="同一诉求人", problem="同一问题"),
            Field("reasonable", "诉求是否合理", "bool", False),
        ),
        "art. 20-2",
    ),
    EventType(
        "closed", "办结", ("center",), _in("replied"), "closed",
        (
            _choice(
                "ground", "办结依据", satisfied="诉求人满意或基本满意", lawful_reply="答复符合法律法规政策",
                screened="经甄别不具备办理条件", terminated="终结办理", withdrawn="诉求人撤回",
            ),
        ),
        "art. 11", help="诉求人撤回的，办结以前任何状态都可办结",
    ),
    EventType("archived", "归档", ("center",), _in("closed"), "archived", article="art. 12"),
    EventType(
        "supervision_opened", "督办", ("bureau", "government"), ANY, None,
        (
            _choice("level", "层级", bureau="行政审批局督办", county="县人民政府督办"),
            _choice("ground", "督办情形", **BUREAU_GROUNDS, **COUNTY_GROUNDS),
            Field("due_at", "督办期限", "time"),
        ),
        "art. 19",
    ),
    EventType(
        "supervision_proposed", "报请督办", ("center",), ANY, None,
        (
            _choice("ground", "督办情形", **COUNTY_GROUNDS),
            Field("source", "来源"),
            Field("text", "情况"),
        ),
        "art. 20",
    ),
    EventType(
        "supervision_closed", "督办销号", ("opener",), ANY, None,
        (
            Field("result", "督办结果"),
            _choice("outcome", "成效", effective="见实效", ineffective="未见实效"),
        ),
        "art. 20", "supervision_open",
    ),
    EventType(
        "public_opinion", "舆情", ("center",), ANY, None,
        (
            Field("text", "情况"),
            Field("negative", "是否负面", "bool"),
            Field("caused_by_handling", "是否因办理引起", "bool"),
            _choice("impact", "影响", slight="轻微", severe="严重"),
        ),
        "art. 20-3",
    ),
    EventType(
        "accountability", "追责", ("supervisor", "parent"), ANY, None,
        (_choice("ground", "追责情形", **ACCOUNTABILITY_GROUNDS), Field("decision", "决定")),
        "art. 21",
    ),
    EventType(
        "corrected", "更正", ("author", "center"), ANY, None,
        (
            Field("event", "被更正事件的编号", "event", False, help="8 位，见 hotline show"),
            Field("header", "更正工单头", "true", False, help="与 event 二选一"),
            Field("field", "字段"),
            Field("value", "正确的值", "any"),
            _REASON,
        ),
        "art. 12",
    ),
    EventType("resealed", "重新加密", ("center",), ANY, None, (Field("to", "可读单位", "units"),), "art. 16"),
    EventType(
        "erasure_approved", "同意删除个人信息", ("bureau",), DONE, None,
        (_choice("ground", "依据", retention_over="保存期限届满", person_asked="本人要求"), _REASON),
        "art. 12",
    ),
    EventType(
        "erased", "删除个人信息", ("center",), DONE, None, (), "art. 12", "erasure_approved",
    ),
)  # fmt: skip

TABLE: dict[str, EventType] = {row.name: row for row in _ROWS}
"""Event type → its row, in the order of the contract, which also orders equal times."""

ORDER: dict[str, int] = {name: number for number, name in enumerate(TABLE)}

CONDITIONS: dict[str, str] = {
    "pending_extension": "没有待审核的延期申请",
    "pending_return": "没有待审核的退单申请",
    "pending_interim": "没有待审核的临时办结申请",
    "callback_before": "还没有回访记录",
    "supervision_open": "没有由本单位开出、尚未销号的督办",
    "erasure_approved": "还没有同意删除的决定",
}
"""What W001 says where an event's condition does not hold."""
