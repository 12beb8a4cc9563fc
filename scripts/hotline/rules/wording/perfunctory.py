"""Replies that say nothing (敷衍): receipt, a pointer elsewhere, or handling in general words.

The question is turned round. Substance has no form of its own — it is a name, a date, a reason, a
measure, and no list of those ends — while empty talk is made of few words. So a text is split
into clauses, every clause is held against the patterns of empty talk, and the first clause that
none of them covers is substance: the text is fine and the rest is not read. A gap in the
patterns therefore misses an empty reply; it never blames a good one.

Clauses that carry neither substance nor emptiness (date, signature, telephone number, 经核实,
根据相关规定) are passed over; a text of nothing else is let be, since "11月30日" may be all that
was asked. A bare 属实 and a reason that fits anything (情况复杂) are an answer even after a
greeting, but not before 正在处理中; who is competent is one unless the writer is sent there.

Promises and reports of handling have no fixed sentence, so they are recognised by vocabulary: a
clause that can be laid out completely in general words names nothing. What has been done (已)
gets the smallest vocabulary, what is being done a larger one and what will be done the largest:
将加强巡查 is any unit's promise, 已加强巡查 is a measure, 正在评估 is a stage. In a promise one
word may be unknown, unless a character of it can belong to a deed or a thing.

Texts and clauses above a fixed size count as substance, and in the patterns what repeats is
bounded or possessive, so that no text takes long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from hotline.rules.wording.pattern import Pattern, Wording

Kind = Literal["acknowledges", "refers", "promises", "handled"]

MAX_CHARACTERS = 1000
MAX_CLAUSE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyTalk(Pattern):
    """What a whole clause without substance looks like.

    ``expression`` is matched against a clause without its spaces and list mark, and with
    “…” and 《…》 emptied. As a group of one large expression it holds no groups of its own.
    """

    kind: Kind
    holds: tuple[str, ...] = ()
    """Sets of characters: a clause that it covers has one of each. So most clauses need not be
    held against it, nor it be compiled, which takes long."""
    beside: tuple[str, ...] = ()
    """The clause is empty only in the company of one of these; otherwise it is an answer."""


def _either(*forms: str) -> str:
    return "(?:" + "|".join(forms) + ")"


def _any(words: str) -> str:
    """One of the words, the longest first: a possessive repetition must not stop at 我 in 我们."""
    return _either(*sorted(words.split(), key=len, reverse=True))


def _first(words: str) -> str:
    """The characters that the words begin with."""
    return "".join({word[0] for word in words.split()})


def _last(words: str) -> str:
    """The characters that the words end with."""
    return "".join({word[-1] for word in words.split()})


# --- Parts of clauses -----------------------------------------------------------------------

_OURS = r"[我本](?:们|[局办镇乡县市区村站所队院校委司处部厅园]|街道|社区|单位|中心|大队|支队|公司|部门|集团|街)?(?:[^\W\d已将正因由未不没的在]{0,8}(?:大队|中队|科室|股室|[股科]|民警|执法人员|工作人员|执法队员|党委|党组|班子|领导|负责人))?"
_THEIRS = r"该(?:局|办|镇|乡|县|校|街道|单位|部门|中心|公司|大队)|双方|各(?:中队|股室|科室|站所|乡镇|街道|村|社区)"
_UNIT_END = _any(
    "局 委 办 厅 队 所 站 室 校 联 工会 公安 交警 城管 消防 路政 运管 供电 科 股 处 镇 乡 县 市 区 村 街道 社区 中心 公司 集团 政府 党委 部门 单位 机关 机构 银行 学校 物业 平台 窗口 热线 官网 网站 公众号 人员 领导 同志 负责人 企业 办公室 幼儿园 园区"
    " 医院 法院 检察院 学院 卫生院 管理部 服务部 宣传部 组织部 武装部 项目部 指挥部 委员会 委会 协会 联合会 商会 局长 副局长 县长 副县长 市长 书记 主任 镇长 乡长 院长 校长 队长 所长 科室 股室 处室 镇街 政府网 政务网 公告栏 专栏 会议 班子 专班 开发商 施工方 建设方"
    " 产权方"
)
# Without the small words of which sentences are built, or a reason would pass for a name.
_NAME = r"(?:所在|[^\W_a-z的因由未没不已将了为是对后被把向若如但而请在到也让使给们那这还只该此其召我您你])"
_UNIT = rf"(?:{_NAME}|不动产|、){{0,24}}{_UNIT_END}(?:等{_UNIT_END}?)?"
_OFFICE = rf"{_UNIT}(?<!公司)(?<!集团)(?<!物业)(?<!企业)(?<!村)(?<!开发商)(?<![工设权]方)"
_PHONE = r"[\d—－–*-]{3,24}"
_DATE = r"(?:\d{2,4}年)?\d{1,2}月(?:\d{1,2}[日号])?"
_MATTER = _any(
    "问题 情况 事项 诉求 建议 意见 事宜 留言 来信 信件 来函 帖文 帖子 网帖 贴文 来电 投诉 举报 咨询 工单 内容 反映 来帖 来文 现象 线索 想法 担忧 困难 求助信息 举报信息 请求 疑问 疑惑 询问 提醒 批示 邮件 之事 一事 一帖 函件 信访件 求助 来件 提问 发帖 办理结果"
    " 处理结果 调查结果"
)
_WRITER = _any(
    "您 你 您们 你们 贵方 贵单位 贵公司 市民 网友 群众 诉求人 来电人 来信人 反映人 投诉人 信访人 业主"
)
_RAISED = _any(
    "反映 反应 反馈 咨询 询问 呼吁 所提 提 提问 提出 提到 提及 投诉 举报 求助 建议 留言 关心 来信 来电 发布 关注 诉求"
)
_TOPIC = rf"(?:关于|针对|对于|对|就|将|把|现将|现就)?(?:{_WRITER}(?:此前|前期|再次|多次)?(?:所?(?:{_RAISED}|[的在于通述说言问]|有关)[^。]{{0,50}}?)?(?:{_MATTER}|的?事)|(?:该|此|此类|上述|以上|相关|有关|领导|本|这一)?{_MATTER}|[该此本][事帖贴信件])"
_EAGERLY = _any(
    "分别 立即 及时 如实 按程序 按规定 尽快 迅速 马上 第一时间 积极 认真 已 已经 现 现已 均已 并 将 会 再 目前 都 正 正在 已于 于"
)

# --- The vocabulary of saying nothing -------------------------------------------------------

_GENERAL = (
    "您 你 您们 群众 市民 居民 网友 诉求人 来电人 大家 广大 相关 有关 具体 各 职能 责任 承办 主管 部门 单位 科室 人员 工作人员 专人 领导 下一步 下步 下阶段 下一阶段 今后 以后 后期 后续 近期 近日 目前 现 现在 当前 届时 随后 接下来 此前 之前 前期 早前 曾 多次"
    " 过问 带回 传达 商议 会商 商讨 尽快 尽早 尽量 及时 立即 马上 迅速 抓紧 抓好 第一时间 按 按照 实际 如实 依法 依规 依照 根据 严格 严肃 规定 规范 程序 流程 要求 职责 法律 法规 政策 积极 认真 切实 妥善 全力 全部 努力 尽力 高度 重视 组织 安排 协调 核实 核查"
    " 查实 调查 核处 查处 处理 处置 办理 办复 解决 落实 整改 推进 跟进 跟踪 研究 讨论 答复 回复 问题 情况 事项 事宜 诉求 意见 建议 反映 提出 所 结果 工作 予以 进行 给予 加以 得到 作出 做好 的 地 对 对于 就 与 和 及 并 也 以及 、 再 后 中 等 为 把 由"
    " 其 他们 此 此事 该 上述 这 我方 均 都 完 完毕 完成 到位 有序 圆满 展开 介入 着手 启动 作 作了 做了 过 相应 各级 本着"
)
# Also of what is being done, or will be.
_FUTURE = (
    " 将 会 待 加强 加大 强化 提升 提高 完善 优化 改进 改善 管理 监管 监督 管控 监测 巡查 检查 排查 整治 治理 打击 执法 宣传 引导 力度 水平 质量 效率 能力 服务 机制 制度 措施 举措 方案 制定 制订 出台 部署 论证 考虑 参考 吸纳 借鉴 汇总 听取 梳理 采取 有效"
    " 有力 必要 科学 合理 统筹 综合 全面 充分 深入 细致 扎实 逐步 不断 持续 继续 进一步 一定 着力 更好 更好地 更加 更 优质 高效 日常 常态化 长效 督促 督办 指导 催办 争取 力争 保障 确保 维护 合法权益 权益 利益 满意 需求 联合 会同 配合 加快 进度 推动 开展 执行"
    " 关注 密切 着重 重点 联系 告知 沟通 对接 衔接 反馈 转告 上报 汇报 上级 派 派人 派员 前往 现场 实地 了解 调研 宝贵 纳入 今后的 时 在 于 向 给 以 到 内 范围 方面 过程 该路段 该区域 该小区 该处 辖区 周边 防止 杜绝 避免 类似 同类 现象 行为 违法 违规 再次"
    " 发生 早日 实现 使 让 从 进展 条件 成熟 明确 公布 结合 虚心 接受 有结果 有了结果 作为 供 决策 清楚 查清 查明 发现 一经 一个 作风 方式 方法 如有 一有 多方 各方 各项 正在 正 走 等待 批复 想办法 取证 化解 呼吁 仍 仍然 尚 还 之中 当中 两级 对策 办法 从速"
    " 上级部门 支持 政策支持 请示 分析 研判"
)
# Only of what will be done: aims, whom they concern, and the manner.
_AIMED = (
    " 择机 适时 视 财力 资金 实施 稳步 大力 坚决 绝不 决不 姑息 手软 从重 从快 零容忍 发现一起 查处一起 举一反三 堵塞漏洞 排忧解难 吸收 消化 建言献策 取得 回应 关切 困难 难题 困扰 堵点 短板 不足 薄弱环节 环节 隐患 漏洞 矛盾 纠纷 要 能 可能 尽 最大 最快 速度 帮"
    " 帮助 协助 好 做 实 细 干 抓 拿出 形成 合力 齐抓共管 多措并举 标本兼治 长远 根本 角度 从根本上 第一 全县 全市 全镇 县域 城区 农村 社会 社区 道路 交通 市容 治安 秩序 环境 卫生 安全 出行 生产 生活 教育 学习 业务 素质 意识 思想 纪律 队伍 行业 从业人员"
    " 驾驶员 员工 干部 职工 教师 企业 商户 经营户 经营者 业主 物业 企业主 市场 民生 实事 态度 文明 规范化 精细化 网格化 智能化 信息化 布局 发展 主体责任 属地 压实 细化 健全 问效 问责 追究 追责 到底 到人 源头 全程 全过程 动态 定期 不定期 专项 行动 集中 联动 协同"
    " 巡逻 宣讲 普及 知识 回馈 答谢 为民 便民 利民 惠民 百姓 老百姓 人民 学生 家长 乘客 游客 司机 车主 患者 消费者 农户 村民 用户 合法 经费 前 阶段 力量 警力 人力 频次 密度 强度 路段 区域 点位 时段 予以采纳 采纳吸收 公开 此类 这类 该类 他 共同 参与 全社会"
    " 齐心协力 落到实处 责无旁贷 义不容辞 不懈 查看 察看 走访 早 促 促成 谋划 储备 前列 落地 见效 依纪 成效 实效 效果 良性 健康 可持续 高质量 稳妥 慎重 审慎 权衡 兼顾 因地制宜 量力而行 分类 分步 分批 分期 有计划 一并 统一 上下 左右 认识 引以为戒 吸取 汲取 教训"
    " 反思 深刻 契机 坚持 问题导向 目标导向 结果导向 以人为本 主动 担当 履职 尽责 履行 尽职尽责 尽心 全心全意 一如既往 想方设法 千方百计 全力以赴 不遗余力 攻坚 克服 破解 根治 整顿 优先 适当 酌情 一流 打造 营造 创建 创新 探索 思路 途径 切实可行 行之有效 转化 化为"
    " 变为 动力 鞭策 体验 感受 就医 办事 满意度 评价 认可 件件 事事 有着落 着落 有回应 有回音 出现 狠抓 时效 时限 限时 限期 快速 严 严厉 严防 严查 严管 严惩 惩处 惩治 事实 属实 查证 摸排 摸底 摸清 底数 台账 建立 复查 复核 回访 回头看 巩固 成果 反弹 死灰复燃"
    " 蔓延 滋生 时刻 始终 长期 经常 经常性 随时 每一 每个 每项 各类 各种 所有 全体 公共 公交 线路 线网 医德医风 师德师风 行风 政风 风气 文化 旅游 品牌 产业 经济 医疗 教学 办学 食品 药品 生态 环保 全方位 多渠道 多角度 多层次 高标准 高效率 高位 从源头上 内部 自身"
    " 岗位 窗口 一线 基层 党委 政府 县委 县政府 市委 市政府 国家 新的 成绩 台阶 面貌 局面 目标 任务 重任 使命 需 更多 更大 更快 更高 有所 改变 转变 扭转 变化 改观 达到 起到 作用 取信 信任 信心 决心 耐心 细心 热心 贴心 暖心 用心 真心 周到 热情 友好 礼貌 公平"
    " 公正 透明 阳光 廉洁 民意 民声 呼声 期盼 期待 心声 冷暖 疾苦 急难愁盼 愁盼 之所急 之所想 所急 所盼 三级 向上 电话 表达 引起 跟办 客服 描述 事业 一点 一些 关心 首位 放在 摆在 适时采纳 酌情采纳 研究采纳 认真采纳 充分采纳 合理部分 合理成分 基础设施 公共设施 配套"
    " 配套设施 医疗机构 用人单位 施工单位 市场主体 出租车 网约车 客运 货运 事情 有工作人员 如属实 若属实 有进展 有结果 有消息 逐级 河长制 林长制 网格员 镇村 县镇 多部门 表示 称 承诺 自查自纠 自查 自己 标准 有专人 解答 照单全收 立行立改 即知即改 即行即改 专题 议事日程"
    " 列入 提上 办好 办实 想尽 消息 告诉 通知您 督查 督导 通报 磋商 议题 探讨 群策群力 再接再厉 更上一层楼 不负众望 不辜负 期望 厚爱 关怀 初心 牢记 对照 查漏补缺 补齐 弥补 到边 全覆盖 无死角 盲区 死角 全天候 巡回 错时 延时 见警率 管事率 防范 防控 预防 预警 畅通"
    " 通畅 顺畅 抓紧施工 加快施工 早日完工 项目资金 提质增效 常抓不懈 警钟长鸣 把关 问计于民 倾听 症结 对症 精准 施策 攻坚克难 久久为功 惠及 增进 福祉 获得感 幸福感 安全感 宜居 美丽 美好 家园 和谐 稳定 平安 打好 打赢 攻坚战 持久战 靠前 主动作为 压紧 传导 压力 层层"
    " 解读 释疑 解惑 答疑 稳控 提速 实招 真抓实干 不松懈 不放松 合理规划 科学规划 科学疏导 统筹规划 规定时限内 时限内 投入 科学设计 评估论证 队伍建设 业务培训 工作计划 学习培训"
)
# What administrations always strive for, with the field named or not: 加大反扒力度. A place in the
# gap (路, 桥, 村) makes it a measure.
_GAP = r"(?:(?:路段|道路|街道|乡村|社区|辖区|城区|小区|校区|[^\W\d_a-zA-Z路街道桥河坝巷村镇乡号区段处口对在于已未不没因至仅])){0,9}?"
_AIMS = _either(
    rf"考虑{_GAP}(?:需求|意见|建议|因素|情况|诉求|利益)",
    rf"加快{_GAP}(?:进度|步伐|速度|进程)",
    rf"(?:加强|强化|加大)对{_GAP}的?(?:日常|动态|行业|监督)?(?:监管|管理|监督|教育|培训|指导|宣传|检查|巡查|巡逻)(?:力度|工作)?",
    rf"做好{_GAP}(?:服务|保障|协调|解释|沟通)",
    rf"(?:加大|提升|提高|优化|完善|规范|改善|改进|增强|维护|保障|保护|确保|守护|缓解|减轻|营造|创造|打造|净化|健全|方便|维持|稳定|促进|树立|解除|消除|减少){_GAP}(?:力度|水平|质量|能力|意识|效率|效能|素质|布局|结构|秩序|权益|利益|安全|财产|稳定|需求|需要|压力|拥堵|形象|满意度|满意率|获得感|幸福感|畅通|有序|机制|体系|制度|氛围|环境|出行|生活|服务|流程|发展|和谐|之忧|顾虑|隐患|影响|行为|\w率)",
    rf"(?:满足|回应|顺应){_GAP}(?:需求|需要|期待|期盼|关切|愿望|诉求)|(?:改善|优化|创造){_GAP}条件|(?:加强|推进|抓好|狠抓|促进){_GAP}(?:风|队伍|能力|制度|文化|诚信)建设",
    rf"(?:加强|强化|增强|加大|规范|严格|狠抓|抓好|深化){_GAP}(?:管理|监管|监督|执法|巡查|巡逻|巡防|检查|排查|宣传|教育|培训|引导|管控|防控|防范|督导|督查|沟通|协调|调度|整治|打击|服务|协作|值守|考核)",
)
# Whom it will be done with, on what occasion.
_WITH = _either(
    rf"(?:会同|联合|协同|配合|协助|协调|督促|敦促|要求|责成|指导|组织|安排|与|向|请|和|跟)(?!处理|处置|办理|办好){_UNIT}(?![理置罚事])",
    r"(?<!正)在[^\d]{1,16}?(?:时|过程中|工作中|[编设规计][制计划]中)(?!\Z)|在?(?:规定|法定|承诺)[^\d]{0,6}内|待[^\d]{0,8}(?:方案|调查|核实|结果|意见|研究|政策|文件|条件)[^\d]{0,4}?后",
    r"(?:根据|按照|结合|依据|按|视|本着)[^\d]{1,20}?(?:情况|规定|要求|政策|流程|程序|部署|安排|规划|职责|原则|标准|实际|意见|精神|变化|需求|结果)",
    r"(?:要求|督促|敦促|责成|通知)(?:相关|有关|责任|各)(?:企业|公司|物业|商家|商户|经营者|业主|责任人)",
    r"(?:督促|要求|指导|协助|配合|联系)(?:其|他们)",
    rf"(?:对|就|将|把|针对){_TOPIC}",
    r"对[^\d不]{1,20}?(?:问题|情况|事项|诉求|建议|意见|此事|事宜)",
)
_ENDS = "乡伐函则单厅号司响团堵子守帖志忧我政文栏校班电神科站素组联股街言询贴醒释队院"
_BEGINS = "净减双守敦树缓针"
"""What these end and begin with, and no word of the vocabulary."""
_SAYS_DONE = (
    rf"(?:(?:对|就|将|把|针对){_TOPIC}|{_OURS}|{_THEIRS}|已经?|{_any(_GENERAL + ' 办结 了')})"
)
_SAYS_DOING = rf"(?:{_WITH}|{_OURS}|{_THEIRS}|{_any(_GENERAL + _FUTURE)})"
_SAYS_MORE = rf"(?:{_AIMS}|{_WITH}|{_OURS}|{_THEIRS}|{_any(_GENERAL + _FUTURE + _AIMED)})"
# In a promise one word may be unknown, if nothing in it can be a fact, a thing or a deed.
_UNKNOWN = r"[^\W\da-zA-Z_已未不没无非因系属是可免了修拆装栽植建换清运增减设补退还发停开通供水电气暖路桥街坝河灯树墙罚封关扣吊销撤迁搬移铺浇挖填刷画划涂洒扫洗消毒测验检款元费钱金价税租押车站班线牌杆栏带门窗梯管井沟渠池塘房楼棚地田证照批准许签领取缔缴交付赔偿贷买卖售招聘考录学药诊疫苗工程期年月日周天号名拘捕诉谈缓延迟并听示恢复持限绕采样送固硬绿疏捞抽守止劝驱诫除留分级升降合借援助救慰调改换派卡户口客位置店摊厂网点机器垃圾狗犬酒烟油煤矿石沙土粮菜肉鱼猪牛鸡刑兑奖励扶任汰禁峰洁追竣召会教师]{1,3}?"
_SUBJECT = rf"(?:{_TOPIC}|{_WRITER}所?(?:反映|投诉|举报)的[^\d未已]{{1,15}}?(?={_OURS}[已将正会]))?(?:{_OFFICE}(?=[将已正也目现均会要在继进积])|{_UNIT}(?=[将会]))?"

_MEETING = _any(
    "紧急 专题 专门 专项 相关 有关 协调 研究 工作 调度 党组 党委 局务 局长办公 部门 班子 联席 部署 推进 分析 研判 座谈 办公"
)
_ANYHOW = _any("重要 专门 专题 相应 明确 详细 全面 认真 深入 具体 进一步 统一 的")

# --- The patterns ---------------------------------------------------------------------------

_COURTESY = EmptyTalk(
    name="courtesy",
    kind="acknowledges",
    holds=("不专以你关切别勿多大如对希广恳您感抱敬无是望期欢此深特理的相祝给致表请谢遗重",),
    expression=_either(
        r".{0,25}(?:您好|你好|大家好|您们好|你们好)",
        r"(?:尊敬|亲爱)的.{1,20}",
        r"(?!.{0,60}(?:肯定|表扬|赞|认可|好评|鼓励))(?:同时|再次|首先|最后|其次|是|非常|十分|衷心|真诚|地|诚挚|由衷|也|并|还要|在此|特别|我们|我局|我镇|对您的来信)*+(?:感谢|谢谢|多谢|致谢)[^已未]{0,60}",
        rf"(?:深?[对为向].{{0,30}}|{_OURS}|在此|同时|谨此|特此)?(?:向您)?(?:深表|表示|致以)[^。]{{0,8}}(?:感谢|谢意|歉意|抱歉|敬意|理解)",
        r"(?:对|对此|由此|因此|因)?给.{0,12}(?:带来|造成)了?的?(?:诸多|一定)?的?(?:不便|困扰|麻烦|影响|误解)(?:[^\d]{0,12}(?:谅解|理解|歉意|抱歉|海涵|包涵))?",
        r"(?:我们)?(?:非常|十分|很|实在)?(?:抱歉|对不起|遗憾)",
        r"(?:还|也|特|并|同时)?(?:敬请|恳请|请|望|希望|欢迎|期待)[^\d]{0,30}(?:谅解|理解|支持|监督|见谅|包涵|海涵|配合)(?:我们|我[局办县市])?的?(?:工作)?",
        r"(?:衷心|同时|真诚|也)?(?:欢迎|希望|期待|请)(?:您|你|广大).{0,20}(?:意见|建议|监督|关注|关心|建言献策).{0,4}",
        r"(?:办理|处理|调查)?(?:情况|结果|进展)?(?:敬请|请)(?:您|你|大家)?(?:继续|耐心|持续|及时|随时|密切)?(?:等待|等候|静候|静待|跟踪|关注|留意|放心|稍候|稍等|保持(?=电话|通讯|联系))[^\d]{0,15}(?<!公众号)(?<!网站)(?<!官网)",
        r"(?:预|敬|恭|谨|顺|并|最后|此致)?祝[^\d]{1,30}|此致|敬礼",
        r".{0,70}如下|(?:(?:特此|专此|此)(?:回复|答复|函复|说明|告知|复函))",
        rf"以上[^\d]{{0,4}}{_OURS}[^\d]{{0,16}}(?:回复|答复)|以上(?:回复|答复)",
        rf"(?!.{{0,60}}[未没不无])[^\d因由]{{0,60}}(?:高度|非常|十分|极为|一直|极其|特别|很)(?:的|地)?(?:(?:关注|关切|关心)(?:{_TOPIC})?|重视[^\d]{{0,25}})",
        r"(?:您|你)所?(?:提出?的?|的)[^\d不]{0,20}(?:意见|建议|想法|问题|诉求)[^\d不没无]{0,15}(?:很好|非常好|宝贵|中肯|道理|价值|意义|帮助|针对性|建设性|启发|可取|思路|切中要害|诚恳|合情合理)",
        r"(?:我们|我局|我镇)?(?:也|对于?)?(?:(?:您|你)的?(?:这种|此时)?(?:心情|感受|处境|困难|担忧|难处|焦虑|迫切)[^\d不]{0,12}(?:理解|体谅|同情|感同身受)|(?:非常|十分|完全|能够|能|很|深感)*(?:理解|同情|体谅)(?:您|你)[^\d不]{0,15})",
        r"(?:也|请|请您|我们)?相信[^\d]{0,25}(?:会|能|将)[^\d]{0,20}|(?:还|也|并|恳|敬)?(?:请|望|希望)(?:您|你|大家|广大市民)?(?:再|多|能够?|给予?|有)?[^\d]{0,6}(?:放心|等一等|等等|耐心|[点些]时间)",
        rf"[^\d因由]{{0,40}}(?:历来|一直|始终|一贯)(?:以来)?(?:都|高度|非常|十分)*+(?:重视|关注|关心)[^\d]{{0,20}}|[^\d]{{0,25}}是(?:我们|{_OURS}|全社会|党委政府)[^\d]{{0,15}}(?:目标|宗旨|使命|追求|努力方向)",
        r"(?:也|请|您|望|大家)*+(?:不要|不必|别|无需|勿)(?:再)?(?:着急|担心|急|焦虑|担忧)|(?:也|请|希望|呼吁|倡导|望)(?:广大|您|市民|群众|大家|居民|业主|网友)*+[^\d]{0,4}理性[^\d]{0,15}",
        r"(?:也|请|请您|请大家|并)*+(?:不要|切勿|勿|不)(?:信谣|传谣|轻信|造谣)[^\d]{0,10}",
        r"(?:热切|衷心|真诚|也)?(?:希望|期待|欢迎)(?:您|你)(?:继续|一如既往)[^\d]{0,30}",
    ),
    says="只有问候、感谢一类的客套话",
    propose="写明查到了什么、做了什么或者为什么不能办",
    breaches=("【您好】！", "【感谢您对乐至县工作的关心和支持】。", "【现将有关情况答复如下】："),
    clean=("感谢您对社区工作人员的表扬，已转达本人。", "您好！不能补办。", "诉求人表示理解。"),
)

_RECEIPT = EmptyTalk(
    name="receipt",
    kind="acknowledges",
    holds=("业已得悉拜接收看知获阅",),
    expression=_either(
        r".{0,70}(?<!未)(?:收悉|悉知|获悉|知悉)(?:之?后)?",
        rf"(?=.{{0,60}}[已业])(?:{_TOPIC})?(?:{_OURS}|{_OFFICE}(?<!法院)(?<!委员会))?(?:已经?|业已|现已|均已)(?:认真|高度)?(?:进入(?:办理|处理)?(?:流程|程序)|收到|受理|登记|签收|阅读|阅悉|接件|接单|登记在案|录入[^。]{{0,6}}系统|记录|记录在案|收集|知晓|知道|了解|掌握|关注到?|注意到|阅|阅办|阅处|做好记录|作好记录|备案)了?(?:{_TOPIC})?|收到|阅",
        rf"(?:{_OURS}|{_OFFICE})?(?:于?{_DATE})?(?:在|已)?(?:接到|接(?=[您你群市来件])|收到|接悉|得知|看到|阅读|拜读)了?(?![^。]{{0,50}}[未没不已])[^。]{{0,50}}(?:后|{_MATTER})",
        rf"(?:{_OURS})?接[件单报]后",
    ),
    says="只说收到",
    propose="写明核查的结果和办理的办法",
    breaches=(
        "网友：您好！【您的留言已收悉】。",
        "【您反映的问题我局已受理】。",
        "【我局已收到您的来信】。",
    ),
    clean=("县民政局未收到您的申请。", "补贴款您已收到。", "您的申请已受理，受理号为第12号。"),
)

_HANDLE = _any(
    "加强 管理 办结 直接 优化 对接 沟通 自查自纠 自查 改进 妥处 排查 采纳 讨论 取证 反映 整改 审定 拿出 措施 方案 切实 跟踪 催办 处理意见 上报 牵头 建议 支持 说明 联系 核实 核查 查处 调查 查实 办理 处理 处置 核处 办复 答复 回复 反馈 跟进 落实 研究 研处 研办"
    " 解决 协调 阅处 阅示 批示 审阅 阅办 承办 督办 关注 核 处 办 查 复 了解 参考 参阅 予以 进行 给予 并 及时 尽快 立即 认真 依法 依规 按程序 按规定 妥善 会同 共同 负责 受理 情况 结果 相关 有关 您 给 和 与 及 、 进一步 限期 作为 供 决策 具体 这 此 该 事"
    " 问题 将 我们 后"
)
# 交 is not the 交 of 交警, nor 转 that of 转学.
_PASSED_ON = (
    _any(
        "转(?!运|业|学|移) 转交 转办 转请 转送 转发 转达 转告 转呈 转派 批转 流转 移交 移送 交(?!通|警|易|投) 交办 呈 呈送 呈请"
        " 呈报 派(?!出) 派发 派单 下派 分派 派送 分办 上报 报(?!名|社|警) 报送 报请 报经 报告 提交 反馈 反映 发送 推送 通知 函告"
        " 责成 批示 委托 已请 现请 将请 商请"
    )
    + "[给至到由往]?"
)
_BY_RULE = r"(?:按照?|依照|根据)[^\d]{0,10}?(?:程序|规定|流程|分工|职责|原则|要求)"
_PASSING = rf"(?:{_TOPIC}|(?:相关|有关|具体)(?:方案|材料|报告|请示))?(?:{_OURS}|{_OFFICE}(?=[已将现]))?(?:(?:{_EAGERLY}|于?{_DATE}|通过\w{{1,10}}平台|{_BY_RULE}|由|收悉|收到)(?:{_TOPIC})?){{0,4}}"
_FORWARDS = EmptyTalk(
    name="forwards",
    kind="refers",
    holds=("上下与交会函分协印反发同向呈和商委将已批报推提敦派流现由督移联要请责转通",),
    expression=_either(
        _PASSING
        + _either(
            rf"{_PASSED_ON}(?:{_UNIT}|{_OURS}|负责[^\d]{{1,12}}的(?:同志|部门|人员))(?:[和并及与]{{1,2}}[向报]?{_UNIT})?{_HANDLE}*+",
            rf"(?:要求|督促|敦促|协调|联系|责成|向)(?!其.{{0,9}}整改)(?:其|{_OFFICE}|(?:相关|有关|责任|各)(?:企业|公司|商家|物业|业主|责任人))(?:专题|如实|作了?|进行了?)*+(?:汇报|报告|反馈|反映|{_HANDLE}){_HANDLE}*+",
            rf"向{_UNIT}(?:进行了?|如实|作了?)*+(?:反映|反馈|汇报|报告|转达|了解|核实){_HANDLE}*+",
            rf"(?:与|同|和){_UNIT}(?:进行了?|多次|积极|及时|主动|取得|作了)*+(?:沟通|对接|协调|衔接|联系|会商|商议)(?:{_HANDLE}|协调)*+",
            rf"(?:[向给]{_UNIT})?(?:下发|发出|下达|印发|发)了?(?:督办|交办|转办|派遣?|工作)(?:函|单|通知|工单)",
        ),
        rf"(?=.{{0,60}}[已将会])(?:{_TOPIC})?(?:{_OURS}|{_OFFICE}(?=已|将|现))?(?:已经?|现已|将|会|{_BY_RULE}|逐级|汇总|{_EAGERLY}|{_TOPIC})*+(?:转办|交办|转交|移交|转派|上报|转达|转送|派单|呈报|下派|分派|向上(?:级)?(?:反映|汇报|报告))(?:下去|出去)?{_HANDLE}*+",
        rf"(?!由.{{1,20}}负责\Z|.{{0,30}}整改)(?:{_TOPIC})?(?:应|请|需|将|现|已)?由(?:{_OFFICE}|其|{_THEIRS}){_HANDLE}++|请(?:其|他们|{_OFFICE}){_HANDLE}++",
    ),
    says="只说转给了别的单位",
    propose="写明接办单位办理的结果；还没有结果的，写明交给谁、何时转交和何时答复",
    breaches=(
        "您好！您的留言收悉。【我局已将您的来信转请有关股室研究办理】。",
        "您反映的路灯不亮问题，【已转乐至县住建局调查处理】，谢谢！",
        "【已上报】。",
    ),
    clean=(
        "经查，该路段不属于乐至县管辖，由雁江区负责，已于11月3日移交。",
        "已转为公办幼儿园。",
        "已移交公安机关立案侦查。",
        "已要求物业公司更换电梯钢丝绳。",
    ),
)

# What one should ask about is no answer: 咨询转学的手续. But what to bring is one.
_ABOUT_WHAT = r"(?!.{0,40}(?:携带|带上|出示|提交|缴纳|补缴|填写|后))[^\d]{1,40}"
_INQUIRE = r"(?:具体|详细|进一步|当面|直接|先|再|进行)*+(?:咨询|了解|询问|查询|问询|确认)"
_ASKED = (
    "提出 网上 信访 渠道 途径 平台 实名 线索 匿名 详细 自行 对接 商量 查 申请调解 报修 反馈 报警 当面 窗口 咨询 反映 了解 查询 查看 查阅 投诉 举报 核实 联系 沟通 求助 协商 解决 处理 维权 申诉 报案 进行 相关 有关 具体 情况 事宜 问题 政策 信息 内容 您的 您"
    " 的 和 或 或者 与 、 并 提供 电话 以便 以 便 获取 诉求 主张 权利 合法 权益 详情"
)
_ASK = _any(_ASKED)
_ABOUT = rf"(?:{_TOPIC}|(?:具体|详细|相关|有关|其他|其它|更多|详情)[^\d]{{0,12}}|(?:关于|如需|如有|如果|如您|如对|若|办理)[^。]{{0,25}}|[^\d]{{0,12}}(?:不成|不了|未果|不满|不服|异议|疑问|需要)的?|[^\d不未无没已是可有应须为需]{{1,15}}(?=请))"
_PLEASE = rf"(?:{_ABOUT})?(?:您|你)?(?:敬请|烦请|建议|可以|欢迎|也可|或者|或|请|可|(?=到|向|与|拨打|致电|登录|前往))(?:您|你)?(?:本人)?(?:可以|可)?(?:在(?:工作|上班)(?:时间|日))?(?:直接|及时|自行|再|先|尽快|先行|随时|进一步|另行)?(?:携?带|持|凭)?(?:(?<=[带持凭])(?:相关|有关)(?:证据|证明)?(?:资料|材料|证件|手续))?"
_WHERE = rf"(?:您|你)?(?:就近|最近|附近|当地)?的?(?:户籍|居住|房屋)?地?(?:所在)?地?的?该?(?:其|他们|我们|{_OURS}|该{_UNIT_END}|(?:“”)?{_UNIT}|“”(?:APP|app|小程序|网站|平台|公众号)?)(?:的?(?:值班|咨询|办公|服务|联系)?电话)?(?:{_PHONE})?"
_ASKS_ELSEWHERE = EmptyTalk(
    name="asks_elsewhere",
    kind="refers",
    holds=(
        "与到前可向建或拨欢登致请",
        "与也了仲具再到前去可向告咨复完将建或把拨提敬查核欢烦留登确致补证诉询详说请走起通采重问",
    ),
    expression=r"(?=.{0,50}(?:请|建议|可|欢迎|或|向|到|与|拨|致|登|前往))(?:也|并|和)?"
    + _either(
        rf"{_PLEASE}(?:电话|来电)?(?:咨询|联系|致电|拨打|询问|问问|问一下|访问|登录|登陆|浏览|查看|查询|查阅|留意|关注|向|与|和|找)(?:{_WHERE}|(?:咨询|办公|服务|值班|我局)?(?:电话|热线)?{_PHONE}){_ASK}*+(?:(?:拨打|致电|登录|到|向|找)(?:{_WHERE}|{_PHONE}){_ASK}*+)?",
        rf"{_PLEASE}(?:到|去|前往)(?:{_WHERE}){_ASK}++",
        rf"{_PLEASE}(?:依法)?(?:通过|走|采取)[^\d。]{{0,6}}(?:法律|司法|民事|诉讼|仲裁|信访|复议|正规|正常|其他|合法|相关|有关)(?:途径|渠道|程序|方式|手段)?(?:向{_WHERE})?{_ASK}*+",
        rf"{_PLEASE}通过{_WHERE}{_ASK}++",
        rf"{_PLEASE}(?:(?:电话|来电)?(?:咨询|询问)(?:{_WHERE}|{_PHONE})(?:{_INQUIRE})?|(?:致电|拨打|联系|向|与|到|去|前往|找|在|通过)(?:{_WHERE}|{_PHONE}){_INQUIRE}){_ABOUT_WHAT}",
        rf"(?=.{{0,50}}(?:法院|依法|请|建议|可|或))(?:{_PLEASE})?(?:依法|也可)*+(?:[向到](?:当地|有管辖权的|有关)?(?:人民)?法院)?(?:提起|申请|提出)?(?:民事|行政|劳动|法律)?(?:诉讼|起诉|仲裁|复议)(?:或者?(?:提起|申请|提出)?(?:行政|民事|劳动)?(?:诉讼|仲裁|复议))?{_ASK}*+",
        rf"(?:烦请|敬请|请|建议)(?:您|你)?(?:{_ASK}){{2}}(?:{_ASK})*+",
        rf"{_PLEASE}(?:将|把)[^\d]{{0,12}}(?:情况|联系方式|联系电话|线索|问题)(?:发送|发|提供|反馈|告知|反映)[至给到][^\d]{{1,15}}",
        rf"{_PLEASE}(?:补充|完善|核对|重新|再次|详细|具体)[^\d]{{0,12}}(?:描述|说明|提交|来信|留言|反映|反馈|发帖|提问)[^\d]{{0,8}}",
        rf"{_PLEASE}(?:注意)?(?:收集|保留|保存|准备)好?(?:相关|有关)?的?证据(?:材料)?",
        rf"{_PLEASE}(?:提供|补充|留下|告知|说明|完善)[^\d。]{{0,20}}(?:联系方式|联系电话|信息|情况|地址|位置|线索|证据|照片|视频|图片|姓名|车牌号|细节|详情)(?:(?:或者?|并|和)(?:直接)?(?:拨打|致电|联系|与)[^。]{{0,30}})?",
    ),
    says="只叫人去问别处",
    propose="先写明能答复的内容；确实不归本单位管的，写明依据和已经移交给谁",
    breaches=(
        "【请咨询县医保局】，电话028-20000000。",
        "您好！【您反映的问题请向乐至县住建局反映】。",
        "【建议您通过司法途径解决】。",
        "【可拨打12345咨询】。",
    ),
    clean=(
        "请持身份证到县政务服务中心办理。",
        "可到县医保局二楼窗口补缴。",
        "2026年参保缴费每人400元，详情请咨询县医保局。",
    ),
)

_DOCUMENT = EmptyTalk(
    name="document",
    kind="refers",
    holds=("习以准参同坚复按据照看答维见释阅", "以依参同回坚学按查根答维见解详遵阅"),
    expression=(
        r"(?=.{0,79}[见参阅看准复答释习维同坚按照据以])(?:"
        rf"(?:{_ABOUT})?(?:敬请|请)?(?:您|你)?(?:自行)?(?:详见|参见|参阅|参照|参考|查阅|查看|见|阅读|学习)(?:附件|链接|网页|官网|公告|通知|文件|(?:{_UNIT})?(?:发布|公布|印发|出台)?的?(?:《》|公告|通知|文件|(?:(?:前|上|首)[次回]|此前|之前|先前|原来?)?的?(?:回复|答复)))"
        r"(?:第?[第一二三四五六七八九十百零\d、条款项之至和]{1,20})?(?:的?(?:有关|相关|具体)?(?:规定|内容|要求|公告|通知|条款|文件))?(?:办理|执行)?|[^\d不]{0,12}?以.{0,20}(?:公告|通知|文件|规定|公布|发布|通报|消息|解释)的?(?:信息|内容)?为准"
        rf"|(?:{_TOPIC})?(?:{_OURS}|{_OFFICE})?(?:(?:此前|之前|前期|前几?[日天]|曾|多次|已经?|均)+(?:在(?:{_UNIT}|“”)[里中上]?)?|在(?:{_UNIT}|“”)[里中上]?已经?)(?:予以|给予|进行|作|做|作出|做出)?(?:了|过)?(?:详细|明确|多次)?的?(?:回复|答复|解答|解释)"
        r"|(?:敬请|请)?(?:详见|参见|参照|参考|遵照|按照?|依照|根据|查看|见|以)(?:国家|上级|省市?|市|县|县政府|市政府|政府|我[县市局]){0,2}(?:的?(?:相关|有关|具体))?(?:门户|官方)?(?:《》|文件|政策|规定|网站|官网|公众号|部门|通知)(?:的?(?:相关|有关)?(?:规定|文件|政策|答复|要求|内容|条款)){0,2}(?:执行|办理|为准)?"
        r"|(?:以前|之前|此前|前期)?(?:已经?|多次)+答复过?"
        r"|(?:我[局办镇们]|本单位)?(?:仍|继续|现)?(?:维持|坚持|同)(?:原|前次|上次|此前|之前|先前)的?(?:处理|回复|答复|办理)?(?:意见|结论|结果|答复|回复|内容)?(?:不变)?"
        r")"
    ),
    says="只指向文件，没有说文件怎么规定",
    propose="写明文件的规定和它对本件的结论",
    breaches=(
        "【详见《乐至县物业管理条例》第二十条】。",
        "【请参照《乐至县养犬管理办法》的有关规定】。",
    ),
    clean=("详见《物业管理条例》第二十条：业主共同决定选聘物业服务企业。",),
)

_MANAGED = r"(?:职责|职能|管辖|管理|监管|主管|受理|业务|职权|权限|工作|辖区|负责|管){1,2}(?:范围|范畴|对象|企业|单位|部门|事项|权限)?之?内?"

_NOT_OURS = EmptyTalk(
    name="not_ours",
    kind="refers",
    holds=("不力无没爱非",),
    expression=rf"(?:因|因为|由于|故|因此)?(?:{_TOPIC})?(?:不属于?|不在|非|不归)(?:{_OURS}|{_UNIT})?的?{_MANAGED}"
    rf"|(?:{_TOPIC}|对此)?(?:{_OURS})?(?:也|实在|确实|目前|暂时)*+(?:没有(?:更好的|什么)?办法|无能为力|爱莫能助|力不从心)",
    says="只说不归本单位管或者没有办法",
    propose="写明归谁管、依据什么，已经移交的写明交给谁、何时移交",
    breaches=("【您反映的问题不属于我局职责范围】。", "【该问题不归我镇管】，请向县住建局反映。"),
    clean=("该小区在雁江区境内，不属于我县管辖。", "该路段不属于乐至县管辖。"),
)

_COMPETENCE = EmptyTalk(
    name="competence",
    kind="refers",
    holds=("在属归无是权没由非", "不属归我本由隶非"),
    expression=r"(?=.{0,40}[由属归在非是权无没])(?!.{0,40}(?:\d月|已))"
    + _either(
        rf"(?=.{{0,30}}由)(?!因|由于|鉴于).{{0,30}}?由{_UNIT}(?:统一|具体|直接|来|依法|进行|全权|主要|自行|组织)*+(?:负责|牵头|办理|管理|管辖|承办|审批|主管|监管|处理|答复|解释|实施|受理)[^\d]{{0,10}}",
        rf"(?!因|由于|鉴于|.{{0,40}}辖区).{{0,30}}?(?:属于?|归口?|隶属于?){_UNIT}的?{_MANAGED}",
        rf".{{0,30}}?(?:不属于?|不在|并?非|不归|不由|不是){_OURS}的?{_MANAGED}",
        rf".{{0,10}}{_OURS}(?:对此|并|也)*+(?:无权|没有权限|无|没有|不具备?)[^\d]{{0,10}}(?:处理|管理|干预|受理|执法权|管理权限?|审批权|职权|职能|权限)",
    ),
    says="只说归谁管，然后叫人去问",
    propose="写明依据什么归谁管、已经移交给谁和何时移交",
    breaches=("【该路段由县公路局负责】，联系电话：028-20000000。",),
    clean=("该路段由县公路局负责养护。", "因铁路由铁路部门管理，请向铁路部门反映。"),
    beside=("asks_elsewhere", "phone"),
)

_HANDLED = EmptyTalk(
    name="handled",
    kind="handled",
    holds=("中之了作做办召合在完实已排正派现织调进",),
    expression=_either(
        rf"(?=.{{0,60}}(?:已|完毕|办结|了)){_SUBJECT}{_SAYS_DONE}++",
        rf"(?=.{{0,60}}(?:正|[仍还尚]在|之中|[理查实究调办决]中)){_SUBJECT}{_SAYS_DOING}++",
        rf"(?=.{{0,60}}(?:[排织派调合]|现场|实地|召开|[作做]|进行))(?:{_TOPIC})?(?:{_OURS}|{_OFFICE}|领导|民警)?"
        + _either(
            rf"(?!.{{0,20}}[将会]){_EAGERLY}*+(?:安排|组织|派|派出|指派|抽调|会同|联合)(?:{_UNIT}|专人|人)(?:(?:与|同|和)您|前往|赶赴|赶到|到|赴|去)?(?:现场|实地)?{_HANDLE}++",
            rf"(?!.{{0,20}}[将会])(?:{_EAGERLY}|派员|多次)*+(?:前往|赶赴|赶到|到达?|赴|去)(?:了)?(?:现场|实地)(?:进行|予以|了)*+(?:{_HANDLE}|查看|察看|检查|勘查|勘察|处警)++",
            r"(?:已经?|并|迅速|立即|专门|及时)*+(?:成立|组建)了?(?:由[^\d]{1,20}的)?(?:专门|专项|联合|工作|调查|处置|领导|的)*+(?:小组|专班|组)",
            rf"(?:{_EAGERLY}|当即|随即|当天|当日|亲自|多次|专门|(?:组织|召集|会同){_UNIT}|组织|主持|又|对(?:此|{_TOPIC}))*+(?:召开了?(?:过|多次|由[^\d]{{1,15}}参加的)?(?:(?:{_MEETING}){{1,3}}会|(?:{_MEETING}){{0,3}}会议)(?:[对就]?[^\d]{{0,25}}(?:研究|部署|安排|讨论|分析|研判))?|(?:作出|做出|进行|作|做)了?(?:{_ANYHOW})*+(?:批示|指示|部署|安排|研究|讨论|研判|登记|记录|核实|核查|了解)(?:[和与、](?:部署|安排|要求|研究|讨论))?)",
        ),
    ),
    says="只说在办或者办过",
    propose="写明何人何时做了什么、结果怎样；还在办的写明办到哪一步、何时办完",
    breaches=(
        "【已处理】。",
        "【您反映的问题我局已依法依规妥善处理完毕】。",
        "情况属实，【正在处理中】。",
        "【已安排工作人员到现场核实处理】。",
    ),
    clean=("已责令夜间停工。", "已加强巡查。", "情况属实。", "已清理完毕。", "县民政局已发放。"),
)

_MARKED = (
    r"(?=.{0,60}"
    + _any(
        "尽量 将 会 待 尽快 及时 立即 抓紧 依法 依规 严格 妥善 按规定 按照 加强 加大 强化 进一步 继续 持续 不断 努力 全力 认真 切实 积极 科学 充分 逐步 力争 争取"
        " 督促 跟踪 跟进 一定 再 稳步 适时 择机 大力 坚决 最大 绝不 决不 优化 提升 提高 确保 推进 推动 做好 狠抓 满足 立行立改 照单全收 举一反三 想办法 引以为戒"
    )
    + ")"
)

_PROMISES = EmptyTalk(
    name="promises",
    kind="promises",
    holds=(
        "一不严为举争优会体作依做充全再决切列力加努及坚大妥将尽带引强待想抓择持指按推提摆放敦最满照狠督确科积稳立纳组给绝继落融要认让记责跟运进适逐",
    ),
    expression=r"(?!.{0,3}\Z)"
    + _either(
        _MARKED
        + rf"{_SUBJECT}{_SAYS_MORE}++(?:(?<=.{{4}}){_UNKNOWN}(?:{_SAYS_MORE}++|(?<=.{{9}})\Z)){{0,2}}",
        r"(?:将|会|并)?(?:努力|竭力|全力|切实|共同|不断|更好地?|以|着力)*+(?=.{0,60}(?:良好|安全|优质|便捷|便利|整洁|舒适|满意|更好|和谐|干净|优美|文明|有序|高效|宜居))(?:为|给|让).{0,16}(?:提供|营造|创造|构建|打造|享受|一个)[^\d]{0,30}(?:服务|环境|氛围|生活|秩序)",
        rf"{_SUBJECT}(?:{_OURS})?(?:{_EAGERLY}|多次)*+(?:要求|督促|敦促|责成|组织|指示){_OFFICE}{_SAYS_MORE}++",
        rf"(?:{_TOPIC})?(?:{_OURS}|{_OFFICE})?(?:(?:将|把){_TOPIC}|已经?|将|会|予以|把其|其)*+(?:列入|纳入|作为|列为)(?:{_OURS}|(?:下一?步|民生|问题|实事|今后|重点|工作|督办|议事|相关|近期|整体|总体|统一|统筹|重要|内容|参考|后续|整改|的)){{1,4}}(?:计划|日程|事项|规划|考虑|范围|台账|清单|工作|依据|内容|参考)?(?:加以|{_HANDLE})*+",
        rf"(?:{_TOPIC}|{_OURS}|将|会|并|也)*+作为[^\d]{{1,25}}(?:参考|依据|借鉴|重点|方向)(?:之一|内容)?",
        r"(?:我们|我局|我镇)?(?:一定|将|会|也|都)*+(?:把|将)?[^\d]{1,20}(?:放在心上|记在心[上里]|摆在[^\d]{0,10}位置|落到实处|抓紧抓好|放在[^\d]{0,4}位|(?:带到|融入|运用到|体现到|落实到)[^\d]{1,10}|做实做细)",
    ),
    says="只有笼统的打算",
    propose="写明做什么、谁来做、何时做完",
    breaches=(
        "您反映的问题已收悉，【我们将尽快核实处理】。",
        "【县交通运输局将认真研究您的建议】。",
        "【下一步我镇将加强监管】，加大执法力度。",
        "【努力为广大市民提供安全便捷的出行服务】。",
    ),
    clean=("将于12月底前补栽。", "将加强对占道经营的整治。", "将采纳您的建议，增设两盏路灯。"),
)

PATTERNS: tuple[EmptyTalk, ...] = (
    _RECEIPT,
    _COURTESY,
    _ASKS_ELSEWHERE,
    _FORWARDS,
    _DOCUMENT,
    _NOT_OURS,
    _HANDLED,
    _PROMISES,
    _COMPETENCE,
)


class _Part(NamedTuple):
    """An expression that is held against a clause by itself; a name may have several.
    ``holds`` as in :class:`EmptyTalk`; where ``ends`` and ``begins`` are given, such a clause
    ends and begins with one of their characters."""

    name: str
    expression: str
    holds: tuple[str, ...] = ()
    ends: str = ""
    begins: str = ""


# Neither substance nor emptiness.
_NO_FINDING = (
    r"(?!.{0,60}(?:不存在|未发现|并无|并未|不属|属于|不符|不予|没有[^的]{0,10}(?:现象|情况|行为)))"
)
_TOPICS = (
    "一业举之事你信内函办反发咨困处工市帖建您情想意批把投担提本来此求现留疑线网群诉询该请调贴贵邮问"
)
"""A topic has one of them."""
_SILENT: tuple[tuple[str, tuple[str, ...]], ...] = (
    (rf"(?=关于|针对|对于|就){_TOPIC}", ("关对就针",)),
    *(
        (f"{_NO_FINDING}(?:{expression})", holds)
        for expression, holds in (
            (r"[!-~]+|“[^”]{0,12}”", ()),
            (
                rf"(?:广大|各位|来信|匿名)?(?!业主\Z){_WRITER}(?:朋友|们)?(?:“”)?[!-~]{{0,20}}|(?:“[^”]{{0,12}}”|[!-~]{{1,20}})网友|[^\W\d已给是]{{1,3}}(?:先生|女士|同志)",
                ("业你信反市您投来网群诉贵先同女",),
            ),
            (rf"(?:和|或|及|、){_UNIT}(?<![补代新]办)", ("、及和或",)),
            (
                rf"(?:经|接报后|通过)(?:{_OURS})?(?:与|向|同)?(?:{_OURS}|{_UNIT}|当事人)?(?:认真|初步|进一步)?(?:核实|核查|调查|了解|研究|查|查实|协调|沟通|联系|衔接|对接)(?:了解|核实|处理)?",
                ("接经通", "了协对查核沟研联衔调"),
            ),
            (
                rf"(?:{_OURS}|{_OFFICE})?(?:将|会|并)?(?:严格)?(?:(?:根据|按照|依据|结合|依照|本着)[^\d]{{0,30}}(?:规定|规划|实际|情况|要求|政策|文件|精神|原则|职责|信息|《》|部署|安排|宗旨|理念|态度)|在[^\d]{{0,25}}(?:领导|指导|支持|部署)下)(?:第[^。]{{1,8}}条)?(?:的?规定)?",
                ("依在按本根结",),
            ),
            (
                r"(?:您|你)所?(?:咨询|询问|反映|提出|问|提到)的[^\d]{0,30}(?:怎么|如何|怎样|是否|能否|可否|什么|哪些|多少|吗)[^\d]{0,12}|关于[^\d已未不没无是由为系属可按]{1,30}|(?:关于|针对|对于)[^\d]{1,40}(?:问题|事宜|一事|事项|建议|情况|诉求)",
                ("关对的针",),
            ),
            (
                r"(?:待|等)[^\d]{0,12}(?:调查|核实|核查|处理|上级|结果|意见|时机|研究|批复|答复|回复|办理|结论|查明|查清)[^\d]{0,8}(?:后|时|之后)?再?",
                ("待等",),
            ),
            (
                r"请(?:您|你)?(?:携带|带上|带好|备齐|准备好?)(?:好)?(?:相关|有关|所需|必要)[^\d]{0,10}|请(?:您|你)?(?:予以)?(?:查阅|查看|查收|知悉|悉知|参考)|(?:并|及时)?(?:便于|方便)[^\d]{1,25}",
                ("请便方",),
            ),
            (
                r"(?:在|于)?(?:今后|以后|下一步|后期|后续|日常|下阶段)[^\d]{0,20}(?:中|时|里)",
                ("中时里",),
            ),
            (
                r"(?:今后|后期|以后)?(?:如果?|若|再有|再遇|一旦|一经|凡是?|对于?|双方如?)[^\d]{0,30}(?:属实|查实|核实|发现|行为|不服|不成|违法|违规|未果|不了|疑问|问题|需要|需求|意见|建议|情况|不明|异议|不满|事项|进展|结果|变化|满意|帮助|之处|地方|侵害|损害)",
                ("一再凡双如对若",),
            ),
            (
                rf"据?{_UNIT}(?:回复|反馈|答复|函复|汇报|报告)(?:称|说)?|[现特]?(?:回复|答复)",
                ("函反回报汇答",),
            ),
            (rf"以便{_SAYS_MORE}++", ("便",)),
            (_TOPIC, (_TOPICS,)),
            (_OURS, ("我本",)),
            ("对此|为此", ("对为",)),
        )
    ),
)

_PHONE_LABEL = (
    r"(?:请?(?:拨打|致电))?(?:联系|咨询|值班|服务|投诉|办公|监督)?(?:电话|热线|方式)[!-~—－–]*"
)
_ANYTHING = (
    "进一步 核实 核查 调查 查阅 资料 这个 协同 共同 联合 个人 隐私 多部门 配合 政策性 专业性 较强 强 由来已久 牵涉 面广 成因 工作需要 复杂性 历史性 短期内 短时间 难以 根本 彻底 完全 解决 推进 多年 积累 循序渐进 逐步 稳妥 统筹 统一 安排 研究 论证 历史 遗留 原因"
    " 情况 复杂 特殊 涉及 面 广 较 多 多个 多方面 诸多 各 各种 部门 单位 时间 一定 一定的 过程 审批 审核 准备 前期 需 需要 需经 还 尚 仍 较为 比较 十分 非常 协调 难度 大 较大 长 较长 具体 政策 工作 工作量 因素 客观 问题 该 此 这 是 一个 的 以及 和 与"
    " 等 存在 有 多方 环节 程序 手续 上级 做 也 现 目前 因 由于 暂时 综合 层面 该事 该项 系统 系统性 工程 长期 长期性 利益 矛盾 久远 跨 领域 性强 专业 相关 有关"
)
_OF_ANYTHING = _any(_ANYTHING)
# An answer beside courtesies, no answer beside a promise.
_TERSE = (
    r"(?:反映的?)?(?:情况|问题|内容)?(?:基本)?属实|(?:.{0,6}(?:电话|热线)[为是])?[\d—－–-]{5,24}"
)
# Likewise: general words without a promise, and the reason that fits anything.
_VAGUE: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    (
        rf"(?=.{{3}}|目前|现在?\Z|今后|近期|后续|后期|届时|随后){_SAYS_MORE}++",
        (),
        _last(_GENERAL + _FUTURE + _AIMED) + _ENDS,
        _first(_GENERAL + _FUTURE + _AIMED) + _BEGINS,
    ),
    (rf"{_ASK}++", (_first(_ASKED),), "", ""),
    (
        rf"(?:{_OURS}|因此|也)*+(?:无法|不能|难以)(?:与您|和您|向您)?(?:取得|进行|及时)?(?:联系|核实|查证|调查|答复|回复|核查)[^\d]{{0,10}}",
        ("不无难",),
        "",
        "",
    ),
    (
        r"(?:国家|上级|法律|政策|省市|省)?(?:对此)?已?有(?:着|了)?(?:明确|相关|专门|相应|严格)的?(?:规定|政策|要求)",
        ("有",),
        "",
        "",
    ),
    (
        r"(?=.{0,40}涉及)[^\d]{0,12}涉及[^\d]{1,30}(?:多方面|多个方面|诸多方面|多个部门|多部门|各方面)",
        ("涉",),
        "",
        "",
    ),
    (
        rf"(?:因为?|由于|鉴于|考虑到)(?:[^\d]{{0,12}}(?=还|尚|需|涉及))?{_OF_ANYTHING}++",
        ("因由考鉴",),
        "",
        "",
    ),
    *(
        (
            rf"(?:因为?|由于|鉴于|考虑到)?(?:{_TOPIC}|该事[项件]|此事|这|您|你|来信|诉求)?"
            + f"(?:{expression})",
            holds,
            "",
            "",
        )
        for expression, holds in (
            (
                rf"(?:(?<=.)|(?=.{{0,20}}(?:涉及|需要?|复杂|历史|原因|难度|由来|牵涉|多年|短期|短时间|政策性|专业性))){_OF_ANYTHING}++",
                (_first(_ANYTHING),),
            ),
            (
                r"(?<=.)(?:中)?(?:是|系|属)?(?:匿名|(?:比较|较为|过于|太|较)?(?:笼统|模糊|含糊|简单|简略)|(?:并?未|不够?|没有|缺乏|缺少)(?:提供|说明|注明|写明|留下?|具体|详细|明确|清楚|清晰|相关|有关|必要))[^\d]{0,15}",
                ("不匿含未模没比笼简缺",),
            ),
            (r"属于?(?:咨询|求助|投诉|建议|反映)类[^\d]{0,6}", ("类",)),
            (rf"涉及{_UNIT}(?:[和及与、]{_UNIT})?", ("涉",)),
            (
                rf"(?:不是|并非|非)(?:{_OURS})?[^\d]{{0,8}}(?:一家|一个部门|一个单位|一己之力)[^\d]{{0,12}}",
                ("个家己",),
            ),
        )
    ),
)

# --- Reading a text -------------------------------------------------------------------------

# A quotation keeps its commas; a lone space joins (the layout of letters), more of them part.
_CLAUSE = r"(?:“[^”\n]{0,60}”|《[^》\n]{0,60}》|[^\s。！!？?；;，,：:（）()【】\[\]…|~]|(?<=\S)[^\S\n](?=\S))+"
# By itself it may be the rule itself, inside a clause it is what the letter is about.
_QUOTED = r"(?<=.“)[^”]+(?=”)|(?<=.《)[^》]+(?=》)"
# Alone on its line and without full stop, or it is an answer: who, or when.
_SIGNATURE = rf"[^\S\n]*(?:{_OFFICE})?[^\S\n]*(?:\d{{4}}年\d{{1,2}}月\d{{1,2}}日|\d{{4}}([-/.])\d{{1,2}}\1\d{{1,2}}|二〇[^\s\d]{{4,9}}日)?\s*(?:\n|\Z)"
_LEAD = r"(?:\d{4}年\d{1,2}月\d{1,2}日(?=尊敬|网[友民]|[您你“]))?(?:[一二三四五六七八九十\d]{1,2}[、.．]|[一二三四五]是)?(?:同时|此外|另外|首先|最后|其次|对此|为此|因此)?"


# A figure with its unit, or a day with what was done on it, is a fact by itself. Most letters
# have one, and need not be held against the patterns, which take long to compile.
_FACT = (
    # One set of characters to begin with: they are searched for much faster than alternatives.
    r"[\d一二三四五六七八九两十百千点](?:"
    r"(?:(?<=\d)(?:\.\d{1,6})?|(?<=[二三四五六七八九两十百千])[一二三四五六七八九十百千万零〇]{0,8}|(?<=点)[零一二三四五六七八九]{1,6})"
    r"(?:万?元|亿元|平方米|平方公里|平米|㎡|米|公里|千米|毫米|厘米|亩|户|名|棵|株|盏|台|辆|处(?!理|置)|吨|立方米|升|度|岁|栋|幢|层|套|间|批|趟|份|张(?!贴)"
    r"|分贝|兆帕|%|％|件|次|个(?!工作日|月|小时|部门|单位|方面|环节|问题|阶段|层面)|人(?!民|员|士))"
    r"|(?:(?<=\d)\d?|(?<=[一二三四五六七八九十])[一二三四五六七八九十]{0,2})[日号](?:上午|下午|晚上?|夜间|凌晨)?[^，。；：\n反您你收来接]{0,16}?"
    r"(?:完成|完工|开工|修复|更换|清运|清理|清除|拆除|安装|责令|处罚|立案|检测|通车|恢复|退还|支付|发放|公示|停工|停业|补[种栽植办]|抢修|更正|约谈|测[压得量]|检查|勘|复查))"
)


def find(text: str) -> Wording | None:
    """The words that show best that the text says nothing; None if it says something."""
    if len(text) > MAX_CHARACTERS or _compiled(_FACT).search(text):
        return None
    clauses: list[_Clause] = []
    names: dict[int, str] = {}
    # One with substance is enough, so those for which nothing has to be compiled go first, then
    # those for which the least has.
    for match in _compiled(_CLAUSE).finditer(text):
        clauses.append(clause := _Clause.of(match))
        if clause.cost() == 0:
            if (name := _name(clause, text)) is None:
                return None
            names[clause.start] = name
    for clause in sorted(clauses, key=_Clause.cost):
        if clause.start not in names:
            if (name := _name(clause, text)) is None:
                return None
            names[clause.start] = name
    seen = set(names.values())
    found = [
        Wording(clause.start, clause.end, _BY_NAME[names[clause.start]])
        for clause in clauses
        if names[clause.start] in _BY_NAME
    ]
    if any(pattern.name in seen and seen.isdisjoint(pattern.beside) for pattern in _DEPENDENT):
        return None
    shown = min(found, key=lambda wording: _SHOWN_LATE.get(wording.pattern.name, 0), default=None)
    if shown and shown.pattern.name in _FRAME and not seen.isdisjoint({"terse", "vague"}):
        return None
    return shown


_BY_NAME = {pattern.name: pattern for pattern in PATTERNS}
_DEPENDENT = [pattern for pattern in PATTERNS if pattern.beside]
_FRAME = (_RECEIPT.name, _COURTESY.name)
# What is shown only if there is nothing emptier to show.
_SHOWN_LATE = {_COMPETENCE.name: 1, _RECEIPT.name: 2, _COURTESY.name: 3}


class _Clause(NamedTuple):
    """A clause of a text, ``bare`` of spaces, list mark and quoted words, with the parts that
    may cover it."""

    start: int
    end: int
    bare: str
    parts: tuple[_Part, ...]

    @classmethod
    def of(cls, match: re.Match[str]) -> _Clause:
        bare = "".join(match.group().split())
        if "“" in bare or "《" in bare:
            bare = _compiled(_QUOTED).sub("", bare)
        bare = _compiled(_LEAD).sub("", bare, count=1)
        parts = _parts_for(bare) if bare and len(bare) <= MAX_CLAUSE else ()
        return cls(match.start(), match.end(), bare, parts)

    def cost(self) -> int:
        """How much has to be compiled to look closer."""
        missing = [part.expression for part in self.parts if part.expression not in _COMPILED]
        return sum(map(len, missing))


def _name(clause: _Clause, text: str) -> str | None:
    """The pattern that covers the clause, or what else it is; None where it has substance."""
    if not clause.bare:
        return "silent"
    covers = (part for part in clause.parts if _compiled(part.expression).fullmatch(clause.bare))
    part = next(covers, None)
    if part is not None:
        return part.name
    return "signature" if _is_signature(text, clause.start) else None


def _is_signature(text: str, start: int) -> bool:
    """Whether the line from there on is one; what ends like a sentence is told at once."""
    end = text.find("\n", start)
    line = (text[start:] if end < 0 else text[start:end]).rstrip()
    if line.endswith(("。", "；", "，", "！", "？")):
        return False
    return _compiled(_SIGNATURE).match(text, start) is not None


@cache
def _parts() -> tuple[_Part, ...]:
    """All patterns in their order: the first that covers a clause says what it is."""
    return (
        _Part("terse", _TERSE),
        *(_Part(pattern.name, pattern.expression, pattern.holds) for pattern in PATTERNS),
        _Part("phone", _PHONE_LABEL, ("方热电",)),
        *(_Part("silent", *row) for row in _SILENT),
        *(_Part("vague", *row) for row in _VAGUE),
    )


def _parts_for(bare: str) -> tuple[_Part, ...]:
    """The parts that can cover a clause with these characters: of most clauses, next to none."""
    needs, signs = _needs()
    held, last = 0, bare[-1]
    for character in bare:
        held |= signs.get(character, 0)
    return tuple(
        [
            part
            for part, need in needs
            if need & held == need
            and (not part.ends or last in part.ends)
            and (not part.begins or bare[0] in part.begins)
        ]
    )


@cache
def _needs() -> tuple[list[tuple[_Part, int]], dict[str, int]]:
    """Every set of ``holds`` as a bit: the bits that each part needs, and those that each
    character gives."""
    needs: list[tuple[_Part, int]] = []
    signs: dict[str, int] = {}
    bit = 1
    for part in _parts():
        need = 0
        for some in part.holds:
            need |= bit
            for character in some:
                signs[character] = signs.get(character, 0) | bit
            bit <<= 1
        needs.append((part, need))
    return needs, signs


_COMPILED: dict[str, re.Pattern[str]] = {}


def _compiled(expression: str) -> re.Pattern[str]:
    """Each part is compiled when a clause first asks for it: together they take long."""
    known = _COMPILED.get(expression)
    if known is None:
        known = _COMPILED[expression] = re.compile(expression)
    return known
