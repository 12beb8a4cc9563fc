"""Papers, fraud, fireworks, fire lanes."""

from __future__ import annotations

from hotline.demo.matter import HERE, Matter

MATTERS = (
    Matter(
        "security-household", "consultation", "police-bureau",
        title="咨询{what}手续",
        problem="想了解办理{what}需要哪些材料、能否跨省办理、多久可以领取",
        wish="请予以解答",
        found="{what}已实现“一窗通办、跨省通办”，本人或者监护人持身份证件和相关证明即可在就近派出所办理。",
        done="材料齐全的当场受理，证件10个工作日内制发，可选择邮寄；未成年人须由监护人陪同，节假日可提前预约。",
        law="《中华人民共和国居民身份证法》第十条",
        place="town", weight=1.6, details={"what": ("居民身份证换领", "临时居民身份证申领", "居民身份证异地补领")},
    ),
    Matter(
        "security-household", "help", "police-bureau",
        title="{place}户口登记信息更正",
        problem="{place}老人户口簿上的{what}与身份证不一致，影响领取养老金",
        wish="请求协助更正",
        found="{visit}，{we}调取原始户籍档案，系早年手工登记誊抄错误，反映的情况属实。",
        done="已按程序完成更正并换发户口簿，{we}开具证明协助老人到社保部门恢复待遇领取。",
        law="《中华人民共和国户口登记条例》第十七条",
        place="village", details={"what": ("出生日期", "姓名用字", "民族")},
    ),
    Matter(
        "security-fraud", "help", "police-bureau",
        title="遭遇{what}请求帮助",
        problem="在{place}居住，因{what}被骗{sum}元，已保存转账记录",
        wish="请求尽快止付追回",
        found="接单后{we}反诈中心立即联系本人核实，转账发生在{visit}之前，涉案账户位于外省。",
        done="已启动紧急止付，冻结部分资金，案件已受理为刑事案件侦办；民警上门指导安装国家反诈中心应用，并提醒不要向任何人提供验证码。",
        law="《中华人民共和国反电信网络诈骗法》第二十条",
        weight=1.3, details={"what": ("刷单返利诈骗", "冒充客服退款诈骗", "虚假贷款诈骗"), "sum": ("3800", "9600", "21000")},
    ),
    Matter(
        "security-fireworks", "complaint", "police-bureau",
        title="{place}违规燃放烟花爆竹",
        problem="{place}{time}有人燃放烟花爆竹，响声大、烟味重，火星落到阳台上",
        wish="要求加强管控",
        found="{visit}，{we}辖区派出所走访周边住户并调看监控，该处属于禁放区，确有燃放行为，您反映的情况属实。",
        done="已对两名燃放人依法处以警告和罚款，重点时段安排民警、网格员定点值守，并在小区张贴禁放通告。",
        law="《烟花爆竹安全管理条例》第四十二条",
        support=(HERE,), months=(1, 2), weight=5.0, details={"time": ("每天深夜", "凌晨零点", "清晨六点")},
    ),
    Matter(
        "security-fireworks", "complaint", "fire-brigade",
        title="{place}消防通道被占用",
        problem="{place}消防通道长期被{what}占用，一旦发生火情消防车无法进入",
        wish="要求清理并落实管理责任",
        found="{visit}，{we}会同街道到小区检查，消防通道被{what}占用属实，地面标线模糊。",
        done="当场清理占用物，责令物业企业重新施划标线、安装监控，并处以罚款；社区每周联合巡查一次，对屡次占用的车主依法处罚。",
        law="《中华人民共和国消防法》第二十八条",
        support=(HERE,), weight=1.3, details={"what": ("私家车", "废旧家具和杂物", "商户搭建的雨棚")},
    ),
    Matter(
        "security-fireworks", "help", "fire-brigade",
        title="{place}电动自行车楼道充电隐患",
        problem="{place}{block}住户在楼道为电动自行车充电，电线私拉乱接",
        wish="请求处理并增设充电棚",
        found="{visit}，{we}会同社区、物业企业到场检查，楼道停放充电车辆{count}辆，反映的情况属实。",
        done="已劝离全部车辆并对车主进行消防教育，电梯加装阻车装置；街道协调在北门新建充电棚，{soon}前投用。",
        law="《高层民用建筑消防安全管理规定》第三十七条",
        support=(HERE,), details={"block": ("1栋", "4栋二单元", "12栋"), "count": ("4", "7", "9")},
    ),
    Matter(
        "security-fireworks", "report", "emergency-bureau",
        title="反映{place}烟花爆竹存放问题",
        problem="", wish="",
        found="{visit}，{we}会同公安机关对{place}进行检查，在一处民房内查获存放的烟花爆竹{count}件，反映的情况属实。",
        done="全部烟花爆竹已依法收缴转运，对当事人立案调查；{we}在辖区开展为期十天的排查。",
        law="《烟花爆竹安全管理条例》第三十六条",
        place="village", support=("police-bureau",), details={"count": ("16", "34", "52")},
    ),
)  # fmt: skip
