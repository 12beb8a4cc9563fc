"""R004, R005, R008: what the wordings of annex 2 are found in and what they leave alone.

All texts are invented. In a breach the bracketed words 【…】 are found and nothing else.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.rules.wording import attachment, masking, vague
from hotline.rules.wording.pattern import Finder, Pattern, Wording

MODULES = (masking, vague, attachment)
Find = Callable[[str], list[Wording]]

MASKED = (
    "尊敬的【王**】：您好！您反映的低保问题已收悉。",
    "您好，【李*】女士，您来电反映的占道经营已处理。",
    "经核实，【张XX】系乐至县天池街道居民。",
    "我单位于当日致电【138****1234】，无人接听。",
    "经查询，【5120211990****】名下无房产登记。",
    "您提供的【身份证号×××】有误，请核对后重新登记。",
    "您反映的【某某】小区停水一事，系主管道爆裂所致。",
    "此事已转交【XX局】牵头办理，请耐心等待。",
    "【××街道】办事处已组织人员清扫。",
    "经向【王×】了解，其已撤回诉求。",
    "您申请的【□□】事项已办结。",
    "该项目预计于【____】前完工。",
    "【●●公司】已将工资结清。",
    "已向您退还押金【xxx元】。",
    "工作人员于【X月X日】到现场查看。",
    "答复内容为“【**】”，请知悉。",
    "【＊＊村】的水渠已疏通。",
    "来源：【XXX】（单位名称）",
    "经查，【周*】、【吴*】、【郑*】三人均为该厂工人。",
    "与【孙某某】协商后，双方同意于本月底前拆除。",
    "【陈**】的养老待遇已补发到账。",
    "经工作人员与【何*】联系，其对结果表示满意。",
    "乐至县【×××社区】已安排专人值守。",
    "该车牌号为【川M·****8】，已通知车主挪车。",
    "请拨打【028-********】咨询具体政策。",
    "请您携带资料到【xx街道】便民服务中心办理。",
    "施工单位为【XX建设有限公司】，已责令整改。",
    "拟于【2026年XX月】启动改造。",
    "您反映的【××小学】食堂问题已督促整改。",
    "现场检查发现，【***】饭店油烟净化设备未开启。",
    "由【李某*】负责跟进。",
    "您的来件流水号为【20261013****】。",
    "经社区干部【刘x】上门核实，您家符合条件。",
    "您好，【赵xx】反映的路灯已于昨日修好。",
    "住建局工作人员【马×】与您电话沟通。",
    "补贴标准为每平方米【XX元】。",
    "该路段由【××公司】负责养护。",
    "您所反映的“【XX】烧烤”夜间扰民，已约谈店主。",
    "根据《乐至县【××】管理办法》，不予支持。",
    "将于【×月×日】前恢复原状。",
    "尊敬的【黄**】先生：您好！",
    "请登记人【________】签字确认。",
    "经查，您于【20XX年X月】提交申请。",
    "本次共惠及群众【XXX户】。",
    "受理编号LZ2026【****】已办结。",
    "市民代表【谢×】与【邓×】到场监督。",
    "驾驶员【王*】军的车辆【川M12***】已放行。",
    "您反映的【xx县】【xx镇】【xx村】道路已硬化。",
    "系【唐**】、【唐*】父子二人所有。",
    "户主为【司马**】。",
    "投诉人【杨××】已撤诉。",
    "已责成【X街道】与【X社区】共同处理。",
    "该树木位于【XX村】3组。",
    "【郭X】系村干部，【郭X】之妻领取低保符合规定。",
)

UNMASKED = (
    "新建钢架棚尺寸为5*8米，高3米。",
    "该门面面积为3×4米，不足15平方米。",
    "木箱规格为2*3*4，单位为分米。",
    "每毫升菌落数为5×10⁴，符合标准。",
    "工作服有XL码、XXL、XXXL三种。",
    "该商户销售的iPhone X系二手机。",
    "县人民医院X光检查周末照常开放。",
    "放射科的X射线机已检定合格。",
    "图中x轴为月份，y轴为件数。",
    "设备型号为DX-200，额定功率3kW。",
    "您可添加VX号lz12345咨询。",
    "服务器型号ABX已更换。",
    "请填写Excel表后提交到窗口。",
    "按“*”号键返回主菜单。",
    "请先按*键，再按#键确认。",
    "输入号码后按井号，修改请按星号。",
    "5G基站已建成，G42高速出口将扩建。",
    "请扫描二维码进入办理页面。",
    "* 第一，已清理垃圾。\n* 第二，已设置提示牌。",
    "处理中……请您耐心等待———感谢理解。",
    "依据《乐至县城市管理办法》执行。",
    "{petitioner.name}：您好！您与{party.1}的纠纷已调解，款项已付至{petitioner.address}。",
    "A区车位已划线，B栋电梯已修复，C座已通气。",
    "Q&A：问：如何办理？答：到窗口办理。",
    "# 办理情况\n- 已核实\n- 已整改",
    "**办理情况**\n经查属实。",
    "请于3×24小时内确认。",
    "赔偿额=月工资×12个月。",
    "补贴金额=面积*单价。",
    "滞纳金按本金×0.05%×天数计算。",
    "按长×宽×高计算体积。",
    "按长*宽*高计算体积，再乘以系数。",
    "应缴费用为单价×户均用量×月数。",
    "4*100米接力赛场地已腾退。",
    "楼道照明为2×36瓦灯管。",
    "电缆规格为YJV-3×95+1×50。",
    "该车发动机号为X12345。",
    "您咨询的“1+X”证书考试时间为十一月。",
    "大疆X系列无人机禁飞区见公告。",
    "该楼呈X形布局，采光不受影响。",
    "X染色体检测项目不在医保目录内。",
    "DNF1X型灭火器已更换。",
    "微信公众号为lezhi_12345。",
    "邮箱为lz_xf_2026@example.gov.cn。",
    "请登录https://www.example.gov.cn/xx/xxgk/202610/t20261013.html查看。",
    "二〇二六年十月十三日，二○二六年度预算已公布。",
    "□符合 □不符合，请勾选。",
    "风险等级：高□中□低□；满意度：高○中○低○。",
    "● 核查情况：属实。\n● 处理结果：已整改。",
    "补助标准为每人500元*，*以实际发放为准。",
    "标*处为必填项，请补充完整。",
    "表格中打×的为不合格项，打√的为合格项。",
    "错误的请打“×”，正确的请打“√”。",
    "其中男性12名、女性8名，男女比例3:2。",
    "您可乘坐K1路、X5路公交车前往。",
    "X201县道改造已列入计划，Y305乡道已通车。",
    "位于县道X014线K3+840处的桥梁已加固。",
    "服务态度五星★★★★★，感谢您的认可。",
    "王先生，您好！李女士的诉求一并答复。",
    "张店村、王家沟村、李家坝社区均已通水。",
    "血型为O型、A型的市民可到献血车献血。",
    "向A级景区申报的材料已上报。",
    "和B级危房不同，C级危房可以加固。",
    "学生票为全价×50%，成人票不打折。",
    "考试合格线=总分*0.6。",
    "M2型井盖与φ700×100井圈已更换。",
    "请拨打12345-1再按*转人工。",
    "谢谢您的来信！！！",
    "Windows XP系统已停止支持，请使用新版。",
    "Max负荷为2000kg，fax号码028-12345678。",
    "受理时间为7×24小时，值守为5*8小时。",
    "补偿金额=年产值×倍数×面积×区域系数。",
    "计租面积×基准租金×调节系数，您家为人数×元/人。",
    "“X+1”收购模式与BIM+X试点均已启动。",
    "消防车道为4m×4m，配筋为Φ8@200×200。",
    "*本答复有效期为30日。\n*（1）办理条件见下文。",
    "请在www.example.gov.cn/hotline/index.html查询。",
    "消防栓间距120米×2处，均已更换。",
    "X线检查、CT检查均可预约，6月X光室检修。",
    "房屋为6×7.2米的框架结构，占地43.2平方米。",
    "停车费=小时数×2元，每日最高10元。",
    "该品牌为SIEMENS，型号3RT20xx系列之一。",
)

VAGUE = (
    "系【某人】将垃圾倾倒于此。",
    "经查，在【某处】确有积水。",
    "管道被【某物】堵塞，已疏通。",
    "【某小区】业主委员会已换届。",
    "【某公司】已与您签订和解协议。",
    "您的诉求已转【某部门】处理。",
    "【某路段】夜间施工已停止。",
    "【张某】系该店经营者。",
    "据【李某】反映，楼上漏水已两月。",
    "【某女士】表示不再追究。",
    "我局【某天】派人到现场查看。",
    "【某时】发生的停电系线路故障。",
    "已对【某甲】进行批评教育。",
    "您与【王某】之间的债务纠纷，建议走司法途径。",
    "已约谈【某负责人】，要求限期整改。",
    "【某村】【某组】的道路已列入硬化计划。",
    "经核实，【某饭店】油烟未经处理直排。",
    "据了解，【某老板】已离开乐至县。",
    "【某幼儿园】收费符合备案标准。",
    "【某学校】的补课行为已被制止。",
    "经走访，【某住户】夜间打牌扰民。",
    "该地块由【某开发商】取得。",
    "【某医院】的收费已按规定公示。",
    "【某街道】已安排志愿者值守。",
    "【陈某】、【刘某】均为本村村民。",
    "民警对【赵某】作出行政处罚。",
    "建议您到【某单位】咨询。",
    "【某一路段】的井盖已更换。",
    "【某个商家】售卖过期食品，已立案。",
    "因【某项规定】，您的申请未通过。",
    "【某年某月】，您已享受过该补贴。",
    "【某广场】的噪音已降低。",
    "【某建筑公司】已撤场。",
    "【某快递公司】已赔付。",
    "已责令【某4S店】退还定金。",
    "【某商品】抽检不合格，已下架。",
    "在【某地】召开了协调会。",
    "邻居【何某】已拆除违建。",
    "村民【林某】的田地被占一事已调解。",
    "【某品牌】空调的售后已上门。",
    "经与【杨某】核实，双方已和解。",
    "【某驾校】已退还学费。",
    "【某名工作人员】态度生硬，已批评教育。",
    "【某工地】的扬尘已治理。",
    "经查，【某网吧】接纳未成年人，已停业整顿。",
    "系【某厂】排放所致。",
    "【某居民楼】外墙已加固。",
    "涉事的【某鱼塘】已停止投肥。",
    "【某执法人员】未出示证件，已被批评教育。",
    "【某地块】已围挡。",
    "【某局】的工作人员与您联系。",
    "请到【某窗口】提交资料。",
    "已联系【某中介】退还中介费。",
    "您反映的【某小区】电梯问题已收悉。",
)

EXACT = (
    "某些路段积水已排除。",
    "因某种原因，施工延期三天。",
    "在某种程度上缓解了停车难。",
    "某方面的不足我们将改进。",
    "在某一方面确有欠缺。",
    "我们在某些环节存在疏漏。",
    "给您带来某些不便，敬请谅解。",
    "个别人员已被批评教育。",
    "有关部门已介入，部分路段已恢复通行。",
    "依据《某地区物业管理条例》示范文本拟定。",
    "您反映的“某小区物业乱收费”问题已办结。",
    "您来信称：“某公司拖欠我三个月工资”，现答复如下。",
    "谋求发展、以权谋私、煤气、媒体、某些。",
    "如某人已参加职工医保，则不得重复参保。",
    "若某职工中断缴费，须重新计算。",
    "例如某家庭成员已享受补贴，其余成员可以继续申请。",
    "如果某月未缴费，次月可补缴。",
    "某类人员可以减免。",
    "某项指标超标的，须重新检测。",
    "某次检测数据偏高，复测正常。",
    "您如在某段期间有疑问，可拨打热线。",
    "该商铺由李明经营，由张伟监督。",
    "莫先生，您好！",
    "对方某些说法没有依据。",
    "属于某一类别的企业可以申报。",
    "刘谋反映的问题已处理。",
    "提高某些药品的报销比例须由省里决定。",
    "因此某些设施暂未开放。",
    "和某些地方相比，我县标准更高。",
    "处于某种考虑，我们未立即拆除。",
    "天池街道城南社区已安排人员。",
    "一处路灯、一名工人、一家公司。",
    "任何人不得占用消防通道。",
    "某几类药品纳入集采。",
    "某程度上属实。",
    "本周内，某些窗口延时服务。",
    "王女士，您好！您反映的问题已收悉。",
    "他人、别人、有人、某些人的说法不一。",
    "不排除某种可能。",
    "某些单位、某些小区尚未整改到位。",
    "“某些人乱停车，希望管管”是您的原话。",
    "《关于某镇某村道路问题的信访答复》已送达。",
    "从某种意义上说，这是历史遗留问题。",
    "某些时候水压偏低，系用水高峰所致。",
    "无某种特定条件限制。",
    "这取决于某些因素。",
    "已要求物业公司每日清运两次。",
    "某些产品不在三包范围内。",
    "该物业服务合同约定明确。",
    "《刑法》规定的某种情形不适用。",
    "倘若某天停水，我们会提前公告。",
    "在某些村，入户道路仍未硬化。",
    "当某人死亡后，其账户余额可以继承。",
    "某些事项须本人到场。",
    "某些项目需要环评。",
    "涉及某些专业问题，已请专家论证。",
    "因某些历史原因，产权证尚未办理。",
    "乐至县某些乡镇的班车已恢复。",
    "您说的某种农药已禁用。",
    "某种型号的灯具已停产，改用新型号。",
    "该指标在某一范围内波动属正常。",
    "某一环节出错即须重来。",
    "如某企业符合条件，可以申请稳岗补贴。",
    "当某栋住户提出申请时，物业公司应当配合。",
    "某一时期的价格以当时公示的为准。",
    "在某种情况下，公司可以解除合同。",
    "某一阶段的工程款已结清。",
)

ATTACHED = (
    "【详见附件】。",
    "补助名单【见附件】。",
    "各村补助金额在【附件1】中列明。",
    "整改【情况附后】。",
    "各户面积【见附表】。",
    "【名单附后】，请查收。",
    "拆迁范围后【附图纸】。",
    "【随函附上】检测报告一份。",
    "改造范围【见附图】。",
    "请【查阅附件】。",
    "具体名单【见附件】。",
    "请【下载附件】查看收费标准。",
    "以上答复。\n【附：】整改名单",
    "以上答复。\n【附件：】会议纪要",
    "收费依据【详见附件2】。",
    "测量结果【见附件一】。",
    "工程量清单【参见附件】。",
    "您可【查看附件】了解详情。",
    "请【点击附件】下载表格。",
    "请【查收附件】。",
    "具体线路走向【如附图】。",
    "处理前后的照片【见附件】。",
    "（【见附件】）",
    "检测数据【详见附表】。",
    "公交线路调整方案【见附件3】。",
    "办理流程【详见本答复附件】。",
    "整改照片【见文后附件】。",
    "已完成整改（【附整改照片】）。",
    "现场已清理干净，【附现场照片】。",
    "相关【文件附后】。",
    "处罚【依据附后】。",
    "【附件中】有详细的计算过程。",
    "【附件内】为各户的补偿明细。",
    "【附件为】本次检测报告。",
    "我局【以附件形式回复】您的第二项诉求。",
    "【随信附上】政策解读一份。",
    "【现附上名单】一份。",
    "规划红线【见附图2】。",
    "【附图1】为改造后的效果。",
    "【附表1】为各村分配情况。",
    "请【对照附件】逐项准备。",
    "详细内容请【阅读附件】。",
    "停水范围【见下附表】。",
    "您可【打开附件】查看路线图。",
    "项目【清单附后】。",
    "【现将名单附后】。",
    "详情请【看附件】。",
    "（【附：】整改照片）",
    "请【见所附】名单。",
)

DETACHED = (
    "依据《四川省定价目录》（附件2）核定。",
    "标准见《乐至县集体土地征收补偿办法》附件1。",
    "《乐至县定价目录》附表三载明了收费标准。",
    "《关于公布附件目录的通知》已废止。",
    "该店主营汽车附件、配件附件。",
    "设备附件缺失，厂家已补发。",
    "电力附件已更换。",
    "锅炉安全附件已校验。",
    "您提交的附件已收悉。",
    "您上传的附件照片显示路面破损。",
    "您在来信中提供的附件已转承办单位。",
    "来信附件收悉。",
    "该件没有附件，无法核实车牌。",
    "该工单无附件，请补充照片。",
    "附近居民已得到安置。",
    "车站附近路灯已修复。",
    "合同附加条款有效。",
    "自附则规定的日期起施行。",
    "附属幼儿园已招生。",
    "附条件不起诉由检察院决定。",
    "会上有三位代表附议。",
    "小微企业依附大型企业发展。",
    "县人民政府网站公告附件列有名单，名单为：张伟、李娜。",
    "妇科附件炎可在县妇幼保健院就诊。",
    "附加费每月2元，随水费收取。",
    "办理时须提交申请表，附身份证复印件。",
    "申请书后须附上户口簿复印件。",
    "请填写申请表并附房产证明。",
    "附着物补偿按每株20元计算。",
    "地上附着物已清点，附着力不足的瓷砖已重贴。",
    "乐至县中学附属小学学位充足。",
    "附子类中药须先煎。",
    "系统支持上传附件，大小不超过10兆。",
    "附件格式须为PDF。",
    "附送的赠品不在三包范围内。",
    "热线系统的附件功能仅用于存档。",
    "根据川办发〔2026〕3号附件，标准为每亩1200元。",
    "《实施细则》附件一规定的补助对象为低保户。",
    "根据《工伤保险条例》附表，您为十级伤残。",
    "附：咨询电话028-12345678。",
    "附：联系地址",
    "请见公告栏。",
    "详见县人民政府门户网站。",
    "详见《乐至县义务教育招生方案》第三条。",
    "不附带任何条件。",
    "并附带民事诉讼。",
    "骨折后附近组织肿胀属正常。",
    "物业费中不含附加服务费。",
    "随函告知如下：您的申请已通过。",
    "随信寄来的材料已收到。",
    "价格由合同附件约定，每平方米1.5元。",
    "购房合同附件四载明了装修标准，与现场一致。",
    "家具附件丢失，商家同意补寄。",
    "燃气管道附件老化，已更换。",
    "附上您的身份证复印件即可办理。",
    "您所附照片显示的位置为迎宾大道。",
    "您附的图片已转交城管执法人员。",
    "吸附后的废气经排气筒排放。",
    "活性炭吸附后达标排放。",
    "我们已查看您发来的附件。",
    "附件打不开，请您重新上传。",
    "摩托车附件厂已搬迁。",
    "该病例为右侧附件囊肿，已手术。",
    "请您在申报系统中添加附件。",
    "申请人需提供以下附件材料：身份证、户口簿。",
    "详见《办法》第三条及附件。",
    "五金附件、灯具附件不在保修范围内。",
    "招生公告附件2的名单为张伟、李娜。",
    "您在12345平台上传的附件我们已查看。",
    "您寄来的材料及附件均收悉。",
    "相关证据附卷。",
)


def bare(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without brackets, and the spans of what they held."""
    parts = re.split("[【】]", text)
    ends = [len("".join(parts[: n + 1])) for n in range(len(parts))]
    return "".join(parts), [(ends[n - 1], ends[n]) for n in range(1, len(parts), 2)]


def words(text: str, find: Find) -> list[str]:
    return [text[w.start : w.end] for w in find(text)]


def examples(kind: str) -> Iterator[tuple[ModuleType, str]]:
    for module in MODULES:
        for pattern in module.PATTERNS:
            for text in getattr(pattern, kind):
                yield module, text


BREACHES = [
    *examples("breaches"),
    *((masking, text) for text in MASKED),
    *((vague, text) for text in VAGUE),
    *((attachment, text) for text in ATTACHED),
]
CLEAN = [
    *(text for _, text in examples("clean")), *UNMASKED, *EXACT, *DETACHED,
]  # fmt: skip


@pytest.mark.parametrize(("module", "text"), BREACHES)
def test_a_breach_is_found_in_its_brackets_and_nowhere_else(module: ModuleType, text: str) -> None:
    plain, spans = bare(text)
    assert spans
    assert [(w.start, w.end) for w in module.find(plain)] == spans, words(plain, module.find)


@pytest.mark.parametrize("text", CLEAN)
def test_in_a_clean_text_nothing_is_found(text: str) -> None:
    assert [words(text, module.find) for module in MODULES] == [[], [], []]


@pytest.mark.parametrize(
    ("module", "pattern"), [(m, p) for m in MODULES for p in m.PATTERNS], ids=lambda x: x.__name__.rpartition(".")[2] if isinstance(x, ModuleType) else x.name,
)  # fmt: skip
def test_a_pattern_finds_its_own_examples(module: ModuleType, pattern: Pattern) -> None:
    assert pattern.clean
    for text in pattern.breaches:
        assert pattern in [w.pattern for w in module.find(bare(text)[0])], text


@pytest.mark.parametrize(
    "text",
    ["联系人是李某*。", "网格员周某×已上门。", "业主×某在场。", "已告知张某某。", "李某X同意。"],
)
def test_a_masked_name_is_told_once(text: str) -> None:
    assert len(masking.find(text)) == 1
    assert vague.find(text) == []


def test_the_lists_are_long_and_without_repetition() -> None:
    for module, texts, clean in zip(
        MODULES, (MASKED, VAGUE, ATTACHED), (UNMASKED, EXACT, DETACHED), strict=True
    ):
        own = [text for other, text in BREACHES if other is module]
        assert len(set(own)) == len(own) >= 40
        assert len(texts) >= 40
        assert len(set(clean)) == len(clean) >= 60
    assert len(set(CLEAN)) == len(CLEAN)


# --- what a hostile text costs ------------------------------------------------------------------

EXPRESSIONS = [
    (f"{module.__name__.rpartition('.')[2]}-{name}", expression)
    for module in MODULES
    for name, expression in (
        ("hint", module._FINDER._hint.pattern),
        *((p.name, p.expression) for p in module.PATTERNS),
        *((f"{p.name}-unless", p.unless) for p in module.PATTERNS if p.unless),
    )
]
HOSTILE = (
    "*", "X", "某", "附件", "附", "一", "1", "《", "(*", "（附", "_", "□", "○", "#", "{", "/", "a/", " ", "\n",
    "王", "王*", "x、", "1*", "1-", "川A", "*建", "XX建", "X栋", "X月", "第X", "__月", "显示“*", "**a", "\n*", "\n_",
    "某一个", "某建", "张某", "张 ", "* ", "★", "※※", "-", "——", "138---", "（隐去", "姓名", "略", "某 ", "某种", "某条", "任何", "任何某或", "不是某个", "如发现某、", "如某一或", "附《", "，附", "，附责令", "详见《", "材料：附", "如某", "某年", "“某", "附：", "附件1", "名单附", "见本", "随函", "以本", "已到",
    "您在", "您提交的", "没有", "须附", "《a》（",
)  # fmt: skip
SIZE = 1 << 13


def cost(expression: re.Pattern[str], text: str, runs: int = 3) -> float:
    """Best of some runs, in CPU seconds."""
    times = []
    for _ in range(runs):
        started = time.process_time()
        for _ in expression.finditer(text):
            pass
        times.append(time.process_time() - started)
    return min(times)


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param(e, id=n, marks=pytest.mark.slow if number % 3 else ())
        for number, (n, e) in enumerate(EXPRESSIONS)
    ],
)
def test_a_hostile_text_costs_in_proportion_to_its_length(expression: str) -> None:
    compiled = re.compile(expression)
    for unit in HOSTILE:
        for end in ("x", "》。"):
            long = unit * (4 * SIZE // len(unit)) + end
            if cost(compiled, long, runs=1) < 0.004:
                continue  # too short to tell from noise; a square would take seconds
            short = unit * (SIZE // len(unit)) + end
            assert cost(compiled, long) < 10 * cost(compiled, short), (unit, end)


# --- what holds for every text ------------------------------------------------------------------

SIGNS = st.lists(
    st.sampled_from(
        [
            *"*×XxA王李张林向于某些一年月日元局村附件后见上：，。（）《》“”□○●_#0123\n @/{}-",
            "××", "**", "XX", "某某", "先生", "公司", "小区", "附件", "详见", "名单", "随函", "138", "身份证号", "您提交的",
            "★", "※", "——", " ", "业主", "略", "（隐去）", "姓名", "---", "某种", "户型", "决定书", "《答复函》",
        ]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(SIGNS)
@settings(max_examples=600, deadline=None)
def test_findings_lie_in_the_text_in_order_and_apart(text: str) -> None:
    for module in MODULES:
        end = 0
        for found in module.find(text):
            assert end <= found.start < found.end <= len(text)
            assert found.pattern in module.PATTERNS
            end = found.end


@given(SIGNS)
@settings(max_examples=1500, deadline=None)
def test_the_hint_passes_over_nothing_that_is_found(text: str) -> None:
    for module in MODULES:
        assert module.find(text) == Finder(module.PATTERNS, hint="", signs="").find(text)
        assert module.may_find(text) or not module.find(text)


@given(
    st.sampled_from(CLEAN),
    st.lists(
        st.sampled_from(
            ["您好！", "现答复如下：", "经乐至县核查，", "已整改。", "\n", "感谢理解。"]
        )
    ),
    st.lists(st.sampled_from(["。", "感谢您的来电。", "\n天池街道办事处", "请知悉。"])),
)
@settings(max_examples=600, deadline=None)
def test_a_clean_text_stays_clean_among_others(
    text: str, before: list[str], after: list[str]
) -> None:
    line = "\n" if text[0] == "*" else ""  # a list mark and bold are told by their place
    whole = f"{''.join(before)}{line}{text}{''.join(after)}"
    assert [words(whole, module.find) for module in MODULES] == [[], [], []]
