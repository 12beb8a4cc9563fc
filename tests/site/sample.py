"""A small county of made-up orders around one moment, for the tests of the site."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hotline.procedure.calendar import Calendar
from tests.support import ROOT, path_of, shipped_rules, to_yaml

NOW = "2026-10-14T10:40:00+08:00"

STORIES: tuple[tuple[str, str, str, str, str, str, tuple[str, ...]], ...] = (
    # title, demand, location, kind, category, lead, support
    ("锦绣花园小区东侧夜间施工噪音", "反映锦绣花园小区东侧工地晚上十一点后仍在施工，影响老人和学生休息，要求制止。", "天池街道锦绣花园小区", "complaint", "noise-construction", "housing-bureau", ("tianchi-street",)),
    ("童家镇场镇连续两天停水", "反映童家镇场镇自来水连续两天停水，询问何时恢复，要求安排应急供水。", "童家镇场镇", "help", "water-supply", "water-company", ("tongjia-town",)),
    ("南塔街道商贸城门口占道经营", "反映商贸城大门口每天早晚有流动摊贩占道，行人只能走机动车道。", "南塔街道商贸城", "complaint", "city-vendor", "urban-management-bureau", ("nanta-street",)),
    ("城乡居民医保断缴后如何补缴", "咨询去年在外务工期间断缴城乡居民医保，今年能否补缴，待遇从何时起算。", "良安镇", "consultation", "health-insurance", "medical-insurance-bureau", ()),
    ("项目部拖欠农民工工资三个月", "反映在安置房项目务工，班组三个月工资未发，项目部多次推脱，要求督促支付。", "南塔街道城南安置房项目部", "complaint", "wages-migrant", "human-resources-bureau", ("housing-bureau",)),
    ("电梯频繁故障物业不维修", "反映小区三号楼电梯一个月内困人两次，物业以维修资金不足为由拖延。", "天池街道帅乡大道逸景小区3号楼", "complaint", "property-elevator", "market-bureau", ("housing-bureau", "tianchi-street")),
    ("建议在帅乡公园增设夜间照明", "建议在帅乡公园环湖步道增设路灯，晚上散步的老人多，存在安全隐患。", "天池街道帅乡公园", "suggestion", "city-facility", "urban-management-bureau", ()),
    ("石佛镇至县城公交末班时间太早", "建议把石佛镇到县城的末班公交延后半小时，方便在城里上班的人返回。", "石佛镇", "suggestion", "traffic-bus", "transport", ("bus-company",)),
    ("养猪场污水直排水沟", "举报养猪场夜间将未经处理的污水排入水沟，下游水塘死鱼。", "中和场镇", "report", "pollution-livestock", "eco-bureau", ("agriculture-bureau",)),
    ("宝林镇农村道路塌方影响出行", "反映连日降雨后村道塌方，学生上学绕行，请求尽快抢修。", "宝林镇", "help", "traffic-road", "traffic-bureau", ("baolin-town",)),
    ("健身房闭店预付卡无法退款", "反映健身房突然闭店，办理的年卡还剩七个月无法退费，要求调解。", "天池街道迎宾大道", "complaint", "market-prepaid", "market-bureau", ()),
    ("中学周边路口上下学时段拥堵", "建议在上下学时段安排人员疏导，或设置临时单行线。", "南塔街道", "suggestion", "traffic-safety", "traffic-police", ("education-bureau",)),
    ("低保申请多久能出结果", "咨询上月提交的低保申请审核进度以及公示时间。", "大佛镇", "consultation", "welfare-relief", "civil-affairs-bureau", ("dafo-town",)),
    ("小区逾期交房且拒付违约金", "反映所购商品房合同约定今年三月交付，至今未通水电，开发商拒付违约金。", "天池街道", "complaint", "real-estate-delivery", "housing-bureau", ()),
    ("垃圾清运不及时臭味扰民", "反映小区门口垃圾房两三天才清运一次，天热时臭味明显。", "南塔街道", "complaint", "city-sanitation", "urban-management-bureau", ("nanta-street",)),
    ("退役军人优抚金发放咨询", "咨询本季度优抚金的发放时间和银行卡变更手续。", "金顺镇", "consultation", "welfare-relief", "veterans-bureau", ()),
    ("用电报装二十天未接电", "反映新开店铺提交用电报装二十天仍未接电，影响开业。", "四川乐至经济开发区", "help", "power-install", "power-company", ()),
    ("广场舞音响夜间扰民", "反映广场上两支队伍比音量，晚上九点半还不散，多次劝说无效。", "南塔街道市民广场", "complaint", "noise-social", "nanta-police-station", ("nanta-street",)),
)  # fmt: skip

SPECIAL: tuple[tuple[str, str, str, str, str, str, tuple[str, ...], str], ...] = (
    ("天池街道多个小区大面积停水", "反映天池街道多个小区从凌晨起大面积停水，没有接到通知。", "天池街道", "help", "water-outage", "water-company", ("tianchi-street",), "special"),
    ("燃气管线被挖断现场泄漏", "反映施工挖断燃气管线，现场气味很大，附近居民自行撤离。", "南塔街道川鄂路", "help", "emergency-accident", "gas-company", ("emergency-bureau", "nanta-street"), "emergency"),
    ("化工气味刺鼻多人头晕", "反映园区方向飘来刺鼻气味，多名居民头晕，要求立即查处。", "四川乐至经济开发区", "complaint", "pollution-air", "eco-bureau", ("development-zone",), "special"),
)  # fmt: skip

CHANNELS = ("city_12345",) * 6 + ("city_web", "secretary_mailbox", "mayor_mailbox", "people_daily")


class _Clerk:
    """Writes the orders of one county, the same for the same seed."""

    def __init__(self, now: datetime, seed: int) -> None:
        self.now = now
        self.dice = random.Random(seed)
        self.calendar: Calendar = shipped_rules().calendar
        self.serial: dict[str, int] = {}

    def working_moment(self, days_ago: int) -> datetime:
        """A minute of working time of the working day that lies ``days_ago`` back."""
        day = self.now.date()
        for _ in range(days_ago):
            day = self.calendar.working_day_before(day)
        opens, closes = self.dice.choice(self.calendar.periods(day))
        start = datetime.combine(day, opens, self.calendar.zone)
        minutes = int((datetime.combine(day, closes, self.calendar.zone) - start).total_seconds())
        return start + timedelta(minutes=self.dice.randrange(minutes // 60))

    def after(self, moment: datetime, hours: float) -> datetime:
        return self.calendar.after_working_hours(moment, hours).replace(second=0)

    def order(self, number: int, days_ago: int) -> dict[str, Any]:
        dice = self.dice
        if number % 13 == 4:
            *story, urgency = dice.choice(SPECIAL)
        else:
            story, urgency = list(STORIES[number % len(STORIES)]), "normal"
        title, demand, location, kind, category, lead, support = story
        at = self.working_moment(days_ago)
        day = at.strftime("%Y%m%d")
        self.serial[day] = self.serial.get(day, 0) + 1
        channel = dice.choice(CHANNELS)
        case: dict[str, Any] = {
            "id": f"LZ-{day}-{self.serial[day]:04d}",
            "channel": channel,
            "upstream_id": f"ZY{day}{number:05d}",
            "dispatched_at": at.isoformat(),
            "kind": kind,
            "urgency": urgency,
            "category": category,
            "title": title,
            "demand": "{petitioner.name}" + str(demand),
            "location": location,
            "petitioner": {"confidential": False, "anonymous": False},
        }
        if channel == "city_web":
            case["platform"] = dice.choice(("资阳网", "问政四川", "麻辣社区"))
        if kind == "report":
            del case["demand"]
            case["petitioner"]["confidential"] = True
            case["sealed"] = {
                "demand": {
                    "recipient": "age1example",
                    "to": ["hotline-center", lead],
                    "text": "SECRET-ARMOR",
                }
            }
        events = list(self.events(case, str(lead), list(support), at))
        case["events"] = [e for e in events if datetime.fromisoformat(e["at"]) <= self.now]
        return case

    def events(
        self, case: dict[str, Any], lead: str, support: list[str], at: datetime
    ) -> Iterator[dict[str, Any]]:
        dice = self.dice
        center = "hotline-center"

        def event(moment: datetime, by: str, type_: str, **fields: Any) -> dict[str, Any]:
            return {"at": moment.isoformat(), "by": by, "type": type_, **fields}

        urgent = case["urgency"] != "normal"
        quick = 0.05 if urgent else dice.uniform(0.05, 0.6)
        moment = at + timedelta(minutes=3) if urgent else self.after(at, quick)
        yield event(moment, center, "accepted")
        if urgent:
            yield event(
                moment + timedelta(minutes=2),
                center,
                "alerted",
                authority="县应急管理局",
                text="按特殊事项快速联动机制立即报告。",
            )
        moment = moment + timedelta(minutes=5) if urgent else self.after(moment, quick)
        yield event(moment, center, "assigned", lead=lead, support=support, basis="clear")
        if dice.random() < 0.07:
            return  # forgotten
        moment = self.after(moment, dice.uniform(0.2, 4.2))
        yield event(moment, lead, "signed")
        if urgent:
            yield event(
                at + timedelta(minutes=dice.choice((25, 50, 100, 140))),
                lead,
                "first_response",
                text="已派抢修人员赶到现场，正在排查原因，预计两小时内给出恢复时间。",
            )
        limit = {"consultation": 5, "help": 30, "suggestion": 30, "complaint": 42, "report": 42}[
            case["kind"]
        ]
        if not case["petitioner"]["confidential"]:
            moment = self.after(moment, 0.7)
            yield event(
                moment,
                lead,
                "contacted",
                method="phone",
                summary="已电话联系诉求人，告知收悉情况，核对了反映的时间和地点。",
            )
        for unit in support:
            if dice.random() < 0.8:
                yield event(
                    self.after(moment, dice.uniform(1, limit * 0.5)),
                    unit,
                    "support_opinion",
                    text="已到现场核实，情况属实，同意主办单位的处理意见。",
                    agrees=True,
                )
        turn = dice.random()
        if turn < 0.10 and limit > 20:
            moment = self.after(moment, limit * 0.6)
            yield event(
                moment,
                lead,
                "interim_requested",
                ground="complex",
                situation="现场已核查，涉及产权单位改造方案报批，短期内无法办结。",
                next_steps="待方案批复后组织施工，每15个工作日报送进展。",
                promised_on=(self.now.date() + timedelta(days=dice.randrange(5, 60))).isoformat(),
            )
            moment = self.after(moment, 2)
            yield event(moment, center, "interim_decided", approved=True)
            moment = self.after(moment, dice.uniform(40, 90))
            yield event(
                moment,
                lead,
                "progress",
                text="改造方案已通过评审，施工单位正在进场，本月底前完成主管更换。",
            )
            return
        if turn < 0.20 and limit > 5:
            moment = self.after(moment, limit * 0.5)
            yield event(
                moment,
                lead,
                "extension_requested",
                days=2,
                reason="需等待第三方检测报告，五日内不能出具。",
                petitioner_informed=True,
            )
            if dice.random() < 0.6:
                moment = self.after(moment, 3)
                yield event(moment, center, "extension_decided", approved=True, city_approved=True)
        moment = self.after(moment, limit * dice.uniform(0.35, 1.12))
        yield event(moment, lead, "replied", **self.reply(case, lead, support))
        moment = self.after(moment, dice.uniform(3, 14))
        if dice.random() < 0.14:
            yield event(
                moment,
                center,
                "callback",
                source="city",
                reached=True,
                process="basically_satisfied",
                result="dissatisfied",
            )
            moment = self.after(moment, 2)
            if dice.random() < 0.6:
                yield event(
                    moment,
                    center,
                    "redo_ordered",
                    reason="诉求人不满意，现场问题未解决。",
                    cause="dissatisfied",
                )
                moment = self.after(moment, limit * dice.uniform(0.6, 1.1))
                yield event(moment, lead, "replied", **self.reply(case, lead, support))
            else:
                yield event(
                    moment,
                    lead,
                    "screening_requested",
                    ground="policy_limit",
                    statement="诉求超出现行补贴政策范围，已耐心解释并提供其他渠道。",
                )
            return
        yield event(
            moment,
            center,
            "callback",
            source="city",
            reached=True,
            process="satisfied",
            result="satisfied",
        )
        moment = self.after(moment, dice.uniform(0.5, 6))
        yield event(moment, center, "closed", ground="satisfied")
        if dice.random() < 0.5:
            yield event(self.after(moment, 4), center, "archived")

    def reply(self, case: dict[str, Any], lead: str, support: list[str]) -> dict[str, Any]:
        template = {
            "city_12345": "ordinary", "people_daily": "people_daily",
        }.get(case["channel"], "netizen")  # fmt: skip
        told = "已于答复前电话告知诉求人办理结果，诉求人表示知晓。"
        demand = f"您反映{case['title']}，要求核实处理。"
        found = "经现场核查并调取相关记录，您反映的情况属实，系施工单位未按许可时间作业所致。"
        done = "已责令立即整改，安排专人每晚巡查，整改情况在小区公示栏公布。如再发生，将依法处罚。"
        sections = (
            {"demand": demand, "findings": found, "handling": done, "communication": told}
            if template == "ordinary"
            else {"opinion": f"{found}{done}", "communication": told}
        )
        return {
            "template": template,
            "subject": case["title"],
            "sections": sections,
            "units": [lead, *support],
            "handler": "周明",
            "reviewed_by": "何静",
        }


def orders(count: int, now: str = NOW, seed: int = 12345) -> list[dict[str, Any]]:
    """``count`` orders, the newest dispatched on the day of ``now``."""
    moment = datetime.fromisoformat(now)
    clerk = _Clerk(moment, seed)
    span = max(22, count // 6)
    made = []
    for number in range(count):
        days_ago = int(span * (number / count) ** 1.5)
        case = clerk.order(number, days_ago)
        if datetime.fromisoformat(case["dispatched_at"]) <= moment:
            made.append(case)
    return made


def repository(folder: Path, cases: list[dict[str, Any]]) -> Path:
    """A data repository: the shipped registry and these cases, nothing else."""
    shutil.copytree(ROOT / "registry", folder / "registry")
    (folder / "cases").mkdir()
    for case in cases:
        write(folder, case)
    return folder


def write(folder: Path, case: dict[str, Any]) -> Path:
    target = folder / path_of(case)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(to_yaml(case))
    return target
