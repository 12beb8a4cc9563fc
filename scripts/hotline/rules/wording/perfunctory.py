"""Replies that say nothing (敷衍): receipt, a pointer elsewhere, or handling in general words.

The question is turned round. Substance has no form of its own — it is a name, a date, a reason, a
measure, and no list of those ends — while empty talk is made of few words. So a text is split
into clauses, every clause is held against the patterns of empty talk, and the first clause that
none of them covers is substance: the text is fine and the rest is not read. A gap in the
patterns therefore misses an empty reply; it never blames a good one.

Clauses that carry neither substance nor emptiness (date, signature, telephone number, 经核实,
根据相关规定) are passed over; a text of nothing else is let be, since "11月30日" may be all that
was asked. A bare 属实 is an answer even after a greeting, but not before 正在处理中.

Promises and reports of handling have no fixed sentence, so they are recognised by vocabulary: a
clause that can be laid out completely in general words names nothing. What has been done (已)
gets the smaller vocabulary: 将加强巡查 is any unit's promise, 已加强巡查 is a measure.

Texts and clauses above a fixed size count as substance, and in the patterns what repeats is
bounded or possessive, so that no text takes long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

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


def _either(*forms: str) -> str:
    return "(?:" + "|".join(forms) + ")"


def _any(words: str) -> str:
    """One of the words, the longest first: a possessive repetition must not stop at 我 in 我们."""
    return _either(*sorted(words.split(), key=len, reverse=True))


# --- Parts of clauses -----------------------------------------------------------------------

_OURS = r"[我本](?:们|[局办镇乡县市区村站所队院校委司处部厅园]|街道|社区|单位|中心|大队|支队|公司|部门|集团|街)?"
_UNIT_END = _any(
    "局 委 办 厅 队 所 站 室 校 联 工会 公安 交警 城管 消防 路政 运管 供电 科 股 处 镇 乡 县 市 区 村 街道 社区 中心 公司 集团 政府 党委 部门 单位 机关 机构 银行 学校 物业 平台"
    " 窗口 热线 官网 网站 公众号 人员 领导 同志 负责人 企业 办公室 幼儿园 园区 医院 法院 检察院 学院 卫生院"
    " 管理部 服务部 宣传部 组织部 武装部 项目部 指挥部 委员会 委会 协会 联合会 商会"
)
# Without the small words of which sentences are built, or a reason would pass for a name.
_NAME = r"[^\W_a-z的因由未没不已将了为是对后被把向若如但而请在到也让使给们那这还只该此其召我您你]"
_UNIT = rf"(?:{_NAME}|不动产|、){{0,24}}{_UNIT_END}(?:等{_UNIT_END}?)?"
_OFFICE = rf"{_UNIT}(?<!公司)(?<!集团)(?<!物业)(?<!企业)(?<!村)"
_PHONE = r"[\d—－–*-]{3,24}"
_DATE = r"(?:\d{2,4}年)?\d{1,2}月(?:\d{1,2}[日号])?"
_MATTER = _any(
    "问题 情况 事项 诉求 建议 意见 事宜 留言 来信 信件 来函 帖文 帖子 网帖 贴文 来电 投诉 举报 咨询 工单 内容 反映"
    " 现象 一事 一帖 函件 信访件 求助 来件 提问 发帖 办理结果 处理结果 调查结果"
)
_WRITER = _any("您 你 您们 你们 市民 网友 群众 诉求人 来电人 来信人 反映人 投诉人 信访人 业主")
_RAISED = _any(
    "反映 反应 反馈 咨询 提出 提到 提及 投诉 举报 求助 建议 留言 关心 来信 来电 发布 关注 诉求"
)
_TOPIC = rf"(?:关于|针对|对于|对|就|将|把|现将|现就)?(?:{_WRITER}所?(?:{_RAISED}|[的在于通])[^。]{{0,50}}?{_MATTER}|(?:该|此|上述|以上|相关|有关|本|这一)?{_MATTER}|[该此本][事帖信件])"
_EAGERLY = _any(
    "立即 及时 如实 按程序 按规定 尽快 迅速 马上 第一时间 积极 认真 已 已经 现 现已 均已 并 将 会 再 目前 都 正 正在 已于 于"
)

# --- The vocabulary of saying nothing -------------------------------------------------------

_GENERAL = (
    "您 你 您们 群众 市民 居民 网友 诉求人 来电人 大家 广大 相关 有关 具体 各 职能 责任 承办 主管 部门 单位 科室"
    " 人员 工作人员 专人 领导 下一步 下步 下阶段 下一阶段 今后 以后 后期 后续 近期 近日 目前 现 现在 现已 当前 届时 随后 接下来"
    " 尽快 尽早 尽量 及时 立即 马上 迅速 抓紧 抓好 第一时间 按 按照 实际 如实 依法 依规 依照 根据 严格 严肃 规定 规范"
    " 程序 流程 要求 职责 法律 法规 政策 积极 认真 切实 妥善 全力 全部 努力 尽力 高度 重视 组织 安排 协调 核实 核查 查实"
    " 调查 核处 查处 处理 处置 办理 办复 解决 落实 整改 推进 跟进 跟踪 研究 讨论 答复 回复 问题 情况 事项 事宜 诉求 意见"
    " 建议 反映 提出 所 结果 工作 予以 进行 给予 加以 得到 作出 做好 的 地 对 对于 就 与 和 及 并 也 以及 、 再 后 中 等"
    " 为 把 由 其 他们 此 此事 该 上述 这 我方 均 都 完 完毕 完成 到位 有序 圆满"
)
_FUTURE = (
    " 将 会 待 加强 加大 强化 提升 提高 完善 优化 改进 改善 管理 监管 监督 管控 监测 巡查 检查 排查 整治 治理 打击 执法 宣传"
    " 引导 力度 水平 质量 效率 能力 服务 机制 制度 措施 举措 方案 制定 制订 出台 部署 论证 考虑 参考 吸纳 借鉴 汇总"
    " 听取 梳理 采取 有效 有力 相应 必要 科学 合理 统筹 综合 全面 充分 深入 细致 扎实 逐步 不断 持续 继续 进一步 一定 着力 更好 更好地"
    " 更加 更 优质 高效 日常 常态化 长效 督促 督办 指导 催办 争取 力争 保障 确保 维护 合法权益 权益 利益 满意"
    " 需求 联合 会同 配合 加快 进度 推动 开展 执行 关注 密切 着重 重点 联系 告知 沟通 对接 衔接 反馈 转告 上报 汇报 上级"
    " 派 派人 派员 前往 现场 实地 了解 调研 宝贵 纳入 今后的 时 在 于 向 给 以 到 内 范围 方面 过程 该路段 该区域 该小区 该处 辖区 周边"
    " 防止 杜绝 避免 类似 同类 现象 行为 违法 违规 再次 发生 早日 实现 使 让 从 进展 条件 成熟 明确 公布 结合 虚心 接受 有结果 有了结果 作为 供 决策 清楚 查清 查明 发现 一经 一个 作风 方式 方法 如有 一有 多方 各方 各项 正在 正"
)
_SAYS_DONE = rf"(?:{_OURS}|已经?|{_any(_GENERAL + ' 办结 了')})"
_SAYS_MORE = rf"(?:{_OURS}|{_any(_GENERAL + _FUTURE)})"
_SUBJECT = rf"(?:{_TOPIC})?(?:{_OFFICE}(?=[将已正也目现均]))?"

# --- The patterns ---------------------------------------------------------------------------

_COURTESY = EmptyTalk(
    name="courtesy",
    kind="acknowledges",
    expression=_either(
        r".{0,25}(?:您好|你好|大家好|您们好|你们好)",
        r"(?:尊敬|亲爱)的.{1,20}",
        r"(?!.{0,60}(?:肯定|表扬|赞|认可|好评|鼓励))(?:同时|再次|首先|最后|其次|是|非常|十分|衷心|真诚|地|诚挚|由衷|也|并|还要|在此|特别|我们|我局|我镇|对您的来信)*+(?:感谢|谢谢|多谢|致谢)[^已未]{0,60}",
        rf"(?:对.{{0,30}}|{_OURS}|在此|同时|谨此|特此)?(?:向您)?(?:深表|表示|致以)[^。]{{0,8}}(?:感谢|谢意|歉意|抱歉|敬意|理解)",
        r"(?:由此)?给.{0,12}带来了?的?(?:诸多|一定)?的?(?:不便|困扰)(?:[^\d]{0,12}(?:谅解|理解|歉意|抱歉|海涵|包涵))?",
        r"(?:我们)?(?:非常|十分|很|实在)?(?:抱歉|对不起|遗憾)",
        r"(?:还|也|特|并|同时)?(?:敬请|恳请|请|望|希望|欢迎|期待)[^\d]{0,30}(?:谅解|理解|支持|监督|见谅|包涵|海涵|配合)(?:我们|我[局办县市])?的?(?:工作)?",
        r"(?:衷心|同时|真诚|也)?(?:欢迎|希望|期待|请)(?:您|你|广大).{0,20}(?:意见|建议|监督|关注|关心|建言献策).{0,4}",
        r"(?:办理|处理|调查)?(?:情况|结果|进展)?(?:敬请|请)(?:您|你|大家)?(?:继续|耐心|持续|及时|随时|密切)?(?:等待|等候|关注|留意|放心|稍候|保持(?=电话|通讯|联系))[^\d]{0,15}(?<!公众号)(?<!网站)(?<!官网)",
        r"(?:预|敬|恭|谨|顺|并|最后|此致)?祝[^\d]{1,30}|此致|敬礼",
        r".{0,70}如下|(?:(?:特此|专此|此)(?:回复|答复|函复|说明|告知|复函))",
        rf"以上[^\d]{{0,4}}{_OURS}[^\d]{{0,16}}(?:回复|答复)|以上(?:回复|答复)",
        rf"(?:{_TOPIC}|对此|为此)?(?:{_OURS}|{_OFFICE})?(?:对此|领导)?(?:已经?引起了?{_OURS}的?)?(?:非常|十分|高度|极为|一直)重视",
        r"(?:您|你)的(?:意见|建议|想法).{0,4}(?:很好|非常好|宝贵|中肯|有道理|有价值|有意义)",
    ),
    says="只有问候、感谢一类的客套话",
    propose="写明查到了什么、做了什么或者为什么不能办",
    breaches=("【您好】！", "【感谢您对乐至县工作的关心和支持】。", "【现将有关情况答复如下】："),
    clean=("感谢您对社区工作人员的表扬，已转达本人。", "您好！不能补办。", "诉求人表示理解。"),
)

_RECEIPT = EmptyTalk(
    name="receipt",
    kind="acknowledges",
    expression=_either(
        r".{0,70}(?<!未)(?:收悉|悉知|获悉|知悉)",
        rf"(?:{_TOPIC})?(?:{_OURS}|{_OFFICE})?(?:已经?|业已|现已|均已)(?:认真|高度)?(?:进入(?:办理|处理)?(?:流程|程序)|收到|受理|登记|记录|记录在案|收集|知晓|知道|了解|掌握|关注到?|注意到|阅|阅办|阅处|做好记录|作好记录|备案)了?(?:{_TOPIC})?|收到|阅",
        rf"(?:{_OURS}|{_OFFICE})?(?:于?{_DATE})?(?:在|已)?(?:接到|收到|接悉|得知)(?![^。]{{0,50}}[未没不已])[^。]{{0,50}}(?:后|{_MATTER})",
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
    "核实 核查 查处 调查 查实 办理 处理 处置 核处 办复 答复 回复 反馈 跟进 落实 研究 研处 研办 解决 协调 阅处 阅示 批示 审阅 阅办 承办 督办 关注 核"
    " 处 办 查 复 了解 参考 参阅 予以 进行 给予 并 及时 尽快 立即 认真 依法 依规 按程序 按规定 妥善 牵头 会同 共同 负责 受理 情况 结果"
    " 相关 有关 您 给 和 与 及 、 进一步 限期 作为 供 决策 具体 这 此 该 事 问题 将 我们 后"
)
# 交 is not the 交 of 交警, nor 转 that of 转学.
_PASSED_ON = (
    _any(
        "转(?!运|业|学|移) 转交 转办 转请 转送 转发 转达 转告 转呈 转派 批转 流转 移交 移送 交(?!通|警|易|投) 交办 呈 呈送 呈请"
        " 呈报 派(?!出) 派发 派单 下派 分派 派送 分办 上报 报(?!名|社|警) 报送 报请 报经 报告 提交 反馈 反映 发送 推送 通知 函告"
        " 责成 委托 已请 现请 将请 商请"
    )
    + "[给至到由往]?"
)
_PASSING = rf"(?:{_TOPIC})?(?:{_OURS}|{_OFFICE}(?=[已将现]))?(?:(?:{_EAGERLY}|于?{_DATE}|通过\w{{1,10}}平台|由|收悉|收到)(?:{_TOPIC})?){{0,4}}"
_FORWARDS = EmptyTalk(
    name="forwards",
    kind="refers",
    expression=_either(
        rf"{_PASSING}{_PASSED_ON}(?:{_UNIT}|{_OURS}){_HANDLE}*+",
        rf"{_PASSING}(?:要求|督促|协调|联系|向)(?:其|{_OFFICE})(?:汇报|报告|反馈|反映|{_HANDLE}){_HANDLE}*+",
        rf"(?:{_TOPIC})?(?:{_OURS}|{_OFFICE}(?=已|将|现))?(?:已经?|现已|将)(?:按程序|按规定)?(?:{_TOPIC})?(?:转办|交办|转交|移交|转派|上报|转达|转送|派单|向上(?:级)?(?:反映|汇报|报告)){_HANDLE}*+",
        rf"(?:{_TOPIC})?(?:应|请|需|将|现|已)?由{_UNIT}{_HANDLE}++|请(?:其|他们|{_OFFICE}){_HANDLE}++",
    ),
    says="只说转给了别的单位",
    propose="写明接办单位办理的结果；还没有结果的，写明交给谁、何时转交和何时答复",
    breaches=(
        "您好！您的留言收悉。【我办已将您反映的情况转交相关科室核实处理】。",
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

_ASK = _any(
    "咨询 反映 了解 查询 查看 查阅 投诉 举报 核实 联系 沟通 求助 协商 解决 处理 维权 申诉 报案 进行 相关 有关 具体 详细 情况 事宜 问题 政策"
    " 信息 内容 您的 您 的 和 或 或者 与 、 并 提供 电话 以便 以 便 获取 诉求 主张 权利 合法 权益 详情"
)
_ABOUT = rf"(?:{_TOPIC}|(?:具体|详细|相关|有关|其他|其它|更多|详情)[^\d]{{0,12}}|(?:关于|如需|如有|如果|如您|如对|若|办理)[^。]{{0,25}}|[^\d不未无没已是可有应须为需]{{1,15}}(?=请))"
_PLEASE = rf"(?:{_ABOUT})?(?:您|你)?(?:敬请|烦请|建议|可以|欢迎|也可|请|可)(?:您|你)?(?:本人)?(?:可以|可)?(?:在(?:工作|上班)(?:时间|日))?(?:直接|及时|自行|再|先|尽快|先行|随时|进一步|另行)?(?:携?带|持|凭)?(?:(?<=[带持凭])(?:相关|有关)(?:资料|材料|证件|手续))?"
_WHERE = rf"(?:您|你)?(?:户籍|居住|房屋)?地?(?:所在)?地?的?该?(?:(?:“”)?{_UNIT}|“”)(?:的?(?:值班|咨询|办公|服务|联系)?电话)?(?:{_PHONE})?"
_ASKS_ELSEWHERE = EmptyTalk(
    name="asks_elsewhere",
    kind="refers",
    expression=r"(?=.{0,50}(?:请|建议|可|欢迎))"
    + _either(
        rf"{_PLEASE}(?:电话|来电)?(?:咨询|联系|致电|拨打|询问|访问|登录|登陆|关注|向|与|和|找)(?:{_WHERE}|(?:咨询|办公|服务|值班|我局)?(?:电话|热线)?{_PHONE}){_ASK}*+",
        rf"{_PLEASE}(?:到|去|前往)(?:{_WHERE}){_ASK}++",
        rf"{_PLEASE}(?:依法)?(?:通过|走|采取)[^\d。]{{0,6}}(?:法律|司法|民事|诉讼|仲裁|信访|复议|正规|其他|合法|相关|有关)(?:途径|渠道|程序|方式|手段)?{_ASK}*+",
        rf"{_PLEASE}通过{_UNIT}{_ASK}++",
        rf"{_PLEASE}(?:提供|补充|留下|告知|说明|完善)[^\d。]{{0,12}}(?:联系方式|联系电话|信息|情况|地址|位置|线索)",
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
    expression=(
        rf"(?:{_ABOUT})?(?:敬请|请)?(?:您|你)?(?:自行)?(?:详见|参见|参阅|参照|参考|查阅|查看|见|阅读|学习)(?:附件|链接|网页|官网|公告|通知|文件|(?:{_UNIT})?(?:发布|公布|印发|出台)?的?(?:《》|公告|通知|文件|回复|答复))"
        r"(?:第?[第一二三四五六七八九十百零\d、条款项之至和]{1,20})?(?:的?(?:有关|相关|具体)?(?:规定|内容|要求|公告|通知|条款|文件))?(?:办理|执行)?|(?:具体|请|均)*+以.{0,20}(?:公告|通知|文件|规定)为准"
    ),
    says="只指向文件，没有说文件怎么规定",
    propose="写明文件的规定和它对本件的结论",
    breaches=(
        "【详见《乐至县物业管理条例》第二十条】。",
        "【请参照《乐至县养犬管理办法》的有关规定】。",
    ),
    clean=("详见《物业管理条例》第二十条：业主共同决定选聘物业服务企业。",),
)

_NOT_OURS = EmptyTalk(
    name="not_ours",
    kind="refers",
    expression=rf"(?:因|因为|由于|故|因此)?(?:{_TOPIC})?(?:不属于?|不在|非|不归)(?:{_OURS}|{_UNIT})?的?(?:职责|职能|管辖|管理|受理|业务|职权|权限|工作|辖区|负责|管){{1,2}}(?:范围|范畴)?之?内?",
    says="只说不归本单位管",
    propose="写明归谁管、依据什么，已经移交的写明交给谁、何时移交",
    breaches=("【您反映的问题不属于我局职责范围】。", "【该问题不归我镇管】，请向县住建局反映。"),
    clean=("该小区在雁江区境内，不属于我县管辖。", "该路段不属于乐至县管辖。"),
)

_HANDLED = EmptyTalk(
    name="handled",
    kind="handled",
    expression=_either(
        rf"(?=.{{0,60}}(?:已|完毕|办结|了)){_SUBJECT}{_SAYS_DONE}++",
        rf"(?=.{{0,60}}(?:正|[理查实究调办决]中)){_SUBJECT}{_SAYS_MORE}++",
        rf"(?!.{{0,20}}[将会])(?:{_TOPIC})?(?:{_OURS}|{_OFFICE}(?=[已立及安组派]))?{_EAGERLY}*+(?:安排|组织|派|派出|指派|抽调|会同|联合)(?:{_UNIT}|专人|人)(?:前往|赶赴|赶到|到|赴|去)?(?:现场|实地)?{_HANDLE}++",
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

_PROMISES = EmptyTalk(
    name="promises",
    kind="promises",
    expression=_either(
        rf"(?=.{{0,60}}(?:将|会|待|尽快|及时|立即|抓紧|依法|依规|严格|妥善|按规定|按照|加强|加大|强化|进一步|继续|持续|不断|努力|全力|认真|切实|积极|科学|充分|逐步|力争|争取|督促|跟踪|跟进|一定|再)){_SUBJECT}{_SAYS_MORE}++",
        r"(?:将|会|并)?(?:努力|竭力|全力|切实|共同|不断|更好地?|以|着力)*+(?=.{0,60}(?:良好|安全|优质|便捷|便利|整洁|舒适|满意|更好|和谐|干净|优美|文明|有序|高效|宜居))(?:为|给|让).{0,16}(?:提供|营造|创造|构建|打造|享受|一个)[^\d]{0,30}(?:服务|环境|氛围|生活|秩序)",
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
)

# Neither substance nor emptiness; also a clause in general words that reports or promises nothing.
_SILENT = _either(
    rf"(?=关于|针对|对于|就){_TOPIC}",
    r"(?!.{0,60}(?:不存在|未发现|并无|并未|不属|属于|不符|不予|没有[^的]{0,10}(?:现象|情况|行为)))"
    + _either(
        r"[!-~]+|“[^”]{0,12}”",
        rf"(?:广大|各位|来信|匿名)?{_WRITER}(?:朋友|们)?(?:“”)?[!-~]{{0,20}}|(?:“[^”]{{0,12}}”|[!-~]{{1,20}})网友|[^\W\d已给是]{{1,3}}(?:先生|女士|同志)",
        r"(?:联系|咨询|值班|服务|投诉|办公)?(?:电话|热线|方式)[!-~—－–]*",
        rf"(?:和|或|及|、){_UNIT}",
        rf"(?:经|接报后|通过)(?:{_OURS}|{_UNIT})?(?:认真|初步|进一步)?(?:核实|核查|调查|了解|研究|查|查实|协调|沟通)(?:了解|核实|处理)?",
        r"(?:我们)?(?:将|会|并)?(?:根据|按照|依据|结合|依照)[^\d]{0,30}(?:规定|规划|实际|情况|要求|政策|文件|精神|原则|职责|信息|《》)(?:第[^。]{1,8}条)?(?:的?规定)?",
        r"(?:在|于)?(?:今后|以后|下一步|后期|后续|日常|下阶段)[^\d]{0,20}(?:中|时|里)",
        r"(?:今后|后期|以后)?(?:如果?|若|再有|再遇)[^\d]{0,30}(?:疑问|问题|需要|需求|意见|建议|情况|不明|异议|不满|事项|进展|结果|变化|满意|帮助|之处|地方)",
        rf"据?{_UNIT}(?:回复|反馈|答复|函复|汇报|报告)(?:称|说)?|[现特]?(?:回复|答复)",
        rf"以便{_SAYS_MORE}++|{_TOPIC}|{_OURS}|对此|为此|{_SAYS_MORE}++|{_ASK}++",
    ),
)

# An answer beside courtesies, no answer beside a promise.
_TERSE = (
    r"(?:反映的?)?(?:情况|问题|内容)?(?:基本)?属实|(?:.{0,6}(?:电话|热线)[为是])?[\d—－–-]{5,24}"
)

# --- Reading a text -------------------------------------------------------------------------

# A quotation keeps its commas; a lone space joins (the layout of letters), more of them part.
_CLAUSE = re.compile(
    r"(?:“[^”\n]{0,60}”|《[^》\n]{0,60}》|[^\s。！!？?；;，,：:（）()【】\[\]…|~]|(?<=\S)[^\S\n](?=\S))+"
)
# By itself it may be the rule itself, inside a clause it is what the letter is about.
_QUOTED = re.compile(r"(?<=.“)[^”]+(?=”)|(?<=.《)[^》]+(?=》)")
# Alone on its line and without full stop, or it is an answer: who, or when.
_SIGNATURE = re.compile(
    rf"(?:{_OFFICE})?[^\S\n]*(?:\d{{4}}年\d{{1,2}}月\d{{1,2}}日|\d{{4}}([-/.])\d{{1,2}}\1\d{{1,2}}|二〇[^\s\d]{{4,9}}日)?\s*(?:\n|\Z)"
)
_LEAD = re.compile(
    r"(?:\d{4}年\d{1,2}月\d{1,2}日(?=尊敬|网[友民]|[您你“]))?(?:[一二三四五六七八九十\d]{1,2}[、.．]|[一二三四五]是)?(?:同时|此外|另外|首先|最后|其次|对此|为此|因此)?"
)


def find(text: str) -> Wording | None:
    """The words that show best that the text says nothing; None if it says something."""
    if len(text) > MAX_CHARACTERS:
        return None
    found: list[Wording] = []
    terse = False
    for match in _CLAUSE.finditer(text):
        name = _name(match.group())
        if name is None and not _SIGNATURE.match(text, match.start()):
            return None
        terse = terse or name == "terse"
        if name in _BY_NAME:
            found.append(Wording(match.start(), match.end(), _BY_NAME[name]))
    shown = min(found, key=lambda wording: _FRAME.get(wording.pattern.name, 0), default=None)
    return None if shown and terse and shown.pattern.name in _FRAME else shown


_BY_NAME = {pattern.name: pattern for pattern in PATTERNS}
# What is shown only if there is nothing emptier to show.
_FRAME = {_RECEIPT.name: 1, _COURTESY.name: 2}


def _name(clause: str) -> str | None:
    """The pattern that covers the clause, or "silent" or "terse"; None where it has substance."""
    bare = _LEAD.sub("", _QUOTED.sub("", "".join(clause.split())), count=1)
    if not bare:
        return "silent"
    if len(bare) > MAX_CLAUSE:
        return None
    match = _empty().fullmatch(bare)
    return match and match.lastgroup


@cache
def _empty() -> re.Pattern[str]:
    """All patterns as one expression: the name of the group that matched says which it was."""
    rows = [("terse", _TERSE), *((p.name, p.expression) for p in PATTERNS), ("silent", _SILENT)]
    return re.compile("|".join(f"(?P<{name}>{expression})" for name, expression in rows))
