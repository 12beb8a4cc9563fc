"""R004: masking symbols in place of text (annex 2, note 2).

The note has names and identity numbers written in full and bars “***” or a masking symbol
in place of a reply's text. A template's blanks (X月X日, ____) and words that say that something
was left out ([已隐去], 姓名略) stand in place of text too; （略） alone may shorten a law. The
same signs multiply, mark lists and name products: a single sign counts only where a name, a
date, an amount or a place is expected, two or more count unless their surroundings say
otherwise. Placeholders in braces are filled in before a letter is sent and are left alone.
"""

from __future__ import annotations

from hotline.rules.wording.pattern import SURNAME, SURNAMES, Finder, Pattern, Wording

# Signs that are no letters, and letters that serve as signs.
_SIGN = "*＊﹡∗✱✲⁎×✕╳"
_LETTER = "XxＸｘ"
_ANY = _SIGN + _LETTER
_BOX = "□■●○◯△◇█▇▓▒"
# Marks of stars and of emphasis: only where a name, a place or a number is expected.
_MARK = "★☆◆※▲#＃■"
_HAN = "一-鿿"

# A whole run is taken at its start and never given back, so no run is gone through twice.
# Letters next to letters or figures are a word, a size or a model: Excel, XXL, XX-80.
_SIGNS = f"(?<![{_SIGN}])[{_SIGN}]{{2,}}+"
_LETTERS = f"(?<![A-Za-z0-9{_LETTER}])[{_LETTER}]{{2,}}+(?![A-Za-z0-9]|-[A-Za-z0-9]|号?染色体)"
# Signs with blanks between, after a word: no list mark, no 3 * 4 and no 长 * 宽.
_SPACED = f"[{_SIGN}](?:[ 　][{_SIGN}])++(?![ 　]?[A-Za-z0-9])"
_RUN = f"(?:{_SIGNS}|{_LETTERS}|(?<![{_BOX}])[{_BOX}]{{2,}}+)"
# One sign within a sentence: no list mark, no product (3×4, 面积×单价), not 带*的 or 打×的.
_ONE_SIGN = f"(?:(?<=[{_HAN}，。；：、“（(])(?<![带标打画划注按数积额量价费率])|(?m:^)(?=×))[{_SIGN}](?![{_ANY}])"
_ONE_LETTER = f"(?<![A-Za-z0-9+＋./·{_ANY}-])(?<![A-Za-z] )[{_LETTER}](?![A-Za-z0-9-])"
_ONE = f"(?:{_ONE_SIGN}|{_ONE_LETTER})"

# Within a sentence, where nothing is rated: 评为★★★小区 is an honour.
_MARKED = f"(?<=[{_HAN}，。、：“（])(?<![为评级度获得星])[★☆◆※▲]{{2,3}}+"

_NOT_A_NAME = "(?![A-Za-z0-9]|[光线射轴型形年月日元万座栋区]|[长宽高底](?![一-鿿])|单价|数量|面积|人数|天数|月数|张数|次数|每)"
_PLACE = "小区|社区|街道|大道|公园|广场|工地|楼盘|市场|花园|镇|乡|村|县|市|路|巷|街"
_UNIT = "有限公司|公司|部门|单位|学校|小学|中学|幼儿园|医院|卫生院|派出所|物业|银行|集团|政府|法院|企业|局"
# Between the mask and the kind of unit: XX科技有限公司, not XX反映的公司.
_INNER = "(?![的了在是和与向对被将已未])[一-鿿]"
_TITLE = "先生|女士|小姐|同志|同学|老师|师傅|书记|主任|局长|经理|大爷|阿姨"
_ROLE = (
    "市民|村民|居民|业主|户主|网友|群众|姓名|来电人|来信人|投诉人|反映人|诉求人|举报人|负责人|代表人|"
    "联系人|申请人|当事人|经办人|承办人|店主|司机|房东"
)
_NUMBER = (
    "电话|手机|手机号|号码|联系方式|身份证|身份证号|身份证号码|账号|卡号|尾号|车牌|车牌号|工号|编号|邮箱|邮编|微信|"
    "微信号|热线|传真|案号|文号"
)
# Surnames that a letter may follow for a name: 苏A and 鲁B are plates, 宋L and 秦L are cars.
_INITIAL_AFTER = (
    "王李张刘陈杨赵黄周吴徐孙胡朱郭罗梁郑谢韩冯董曹袁邓傅沈彭吕卢蒋蔡贾魏薛潘杜戴汪姜范姚谭廖邹熊陆"
    "郝崔邱侯邵孟龚马肖"
)
_PART = f"(?:[0-9]{{1,4}}|[{_ANY}]{{1,4}}|[0-9]{{2,3}}[{_ANY}]{{1,2}})"
_DAY = f"(?:[0-9]{{1,2}}|[{_ANY}]{{1,3}})"
_MONEY = "万元|亿元|元|个工作日|个月|亩|平方米|公里|万人|户|人|名|吨|%|％"

# Who writes markdown means bold by it, at the head of a line; mid-line it cannot be told from
# **镇**村. A row of stars alone is a blank of annex 2's own templates, and a breach.
_MARKDOWN = (
    r"(?m:^[ \t　]{0,8}(?:[-+>#*]{1,6}[ \t]|[0-9]{1,2}[.、][ \t]?)?"
    r"\*{2,3}[^*\s][^*\n]{0,40}(?:[：:]\*{2,3}|[^*\s]\*{2,3}(?=[\s：:，。]|$)))"
    r"|显示(?:为|成)?[“\"‘]\*{2,20}[”\"’]"
)
# Letters in the path of a web address or before an @ are as they are: …/xx/2026, xx@….
_ADDRESS = r"(?<=[A-Za-z0-9])/[!-)+-~]{1,200}|(?<![A-Za-z0-9])[Xx]{2}@"

_NAMES = "诉求人写 {petitioner.name}，其他个人写 {party.1}，发信时换成全名；单位和工作人员写全名"
_NUMBERS = (
    "单位写出完整的号码；诉求人写 {petitioner.phone} 或 {petitioner.id_number}，发信时换成号码；"
    "其他个人的删去"
)
# What is left out in so many words.
_LEFT_OUT = "隐去|隐藏|隐匿|隐名|脱敏|打码|屏蔽|略去|遮盖|涂黑|马赛克"
_OF_WHOM = "姓名|名字|名称|单位名称?|地址|住址|电话|手机号?|号码|身份证|身份证号码?|联系方式|个人信息|信息|隐私"

_SYMBOL = "是脱敏符号，代替了应当写明的内容"

PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        name="name",
        expression=(
            f"{SURNAME}(?:[ 　]?(?:{_SPACED}|[{_SIGN}]{{2,}}+)|[ 　]?[{_LETTER}](?:[ 　][{_LETTER}])++|[{_MARK}]{{2,3}}+|某?[{_SIGN}]{{1,}}+|某?[{_LETTER}]{{1,}}+|[○●□]{{2,}}+|[○●](?![{_HAN}])){_NOT_A_NAME}"
            f"(?!(?:{_PLACE}|{_UNIT})(?!长|民))"
            f"|(?:{_ROLE})[：:为是系]{{0,2}}{_RUN}(?!{_PLACE}|{_UNIT}|{_MONEY})"
            f"|(?:{_RUN}|{_ONE})(?:{_TITLE})"
            f"|(?<![{_SIGN}])[{_SIGN}](?:先生|女士)"
            f"|(?:户主|村民|市民|业主)[{_SIGN}](?=[{_HAN}]{{2}})"
            f"|(?:{_ROLE})[{_SIGN}]某(?![些种类])|{_ONE_SIGN}某(?![些种类项一个])"
            f"|(?:{_ROLE})[：:为是系]{{0,2}}[{_MARK}]{{2,3}}+(?![{_MARK}])"
            f"|(?<![{_MARK}为评级度获得星])[{_MARK}]{{2,3}}+(?:先生|女士|小姐)"
            "|(?:(?<=尊敬的)|(?<=[：:为与和向对给系]))(?:[—–―─…]{1,6}+|-{2,6}+|\\.{2,6}+)(?:先生|女士|小姐)"
        ),
        # 10张×…, 长×宽×高 and 一张X光片 count and multiply.
        unless=(
            f"[0-9一二两三四五六七八九十几每单数这那]张[{_ANY}]|[长宽高底面][{_ANY}]高[{_ANY}]|{_MARKDOWN}"
        ),
        says=_SYMBOL,
        propose=_NAMES,
        breaches=(
            "市民【王**】、【李*】到场签字。",
            "【张XX】于上月提出申请。",
            "法定代表人为【康x】，股东【罗x】雄已到案。",
            "反映人【陈×】英的低保已恢复。",
            "【王×】反映的路灯不亮问题已修复。",
            "其弟【文X】不同意分户。",
            "【欧阳**】的补贴已发放。",
            "经与【刘＊＊】电话沟通，其表示满意。",
            "联系人：【赵○○】。",
            "【***先生】：您好！",
            "尊敬的【X女士】：您好！",
            "尊敬的【*女士】：您好！",
            "【投诉人×××】对处理结果表示认可。",
            "【户主***】家的水表已更换。",
            "网格员【李某×】已上门。",
            "由【周X】同志负责，【吴xx】协助。",
            "当事人【黄□□】已缴清罚款。",
            "另告知【业主×某】。",
            "已与【×某】核实。",
            "同组的【张 * *】也被扣过。",
            "联系人【张 **】已到场。",
            "【李 ＊ ＊】与【王 X X】均已签字。",
            "【张★★】、【刘◆◆】、【陈※※】均在场，【业主★★】已签收。",
            "【※※女士】：您好！",
            "尊敬的【——先生】：您好！",
            "经与【--女士】电话沟通，其表示满意。",
        ),
        clean=(
            "该宗地长*宽*高为5*8*3米。",
            "按底×高÷2计算。",
            "医院为您拍了一张X光片，另两张X线片已存档。",
            "每张×张数即为票款。",
            "证书共3张×2份。",
            "王先生，您好！",
            "表中带*的单位为牵头单位。",
            "张家X形路口已增设标线。",
            "长 * 宽为3 * 4米，共8张 * 2份。",
            "基数×某系数、面积×某单价均已公示。",
            "满意度★★★，服务态度高★★★★★。",
            "※※ 温馨提示：请保持电话畅通。",
            "我们的老朋友——李先生，已经联系。",
        ),
    ),
    Pattern(
        name="initial",
        expression=(
            f"(?:(?<![{_HAN}])|(?<=[为与和及、民友主员户]))"
            f"[{_INITIAL_AFTER}][A-WYZ](?=[，。、；：）)]|先生|女士|同志|反映|称|与|和|系|等)"
            '|(?<![A-Za-z0-9“"‘「 ])(?:[A-Z](?:先生|女士|小姐)|[A-Zx]某(?!某))'
        ),
        says="用字母代替了姓名",
        propose=_NAMES,
        breaches=(
            "经查，【张A】、【李B】系邻居。",
            "业主【王L】反映的噪声已停止。",
            "尊敬的【L女士】：您好！",
            "其房屋登记在【Z某】名下，市民【x某】可以作证。",
        ),
        clean=(
            "您的房屋鉴定为C级，可向A区窗口申请。",
            "苏A、鲁B号牌车辆均可在此年检。",
            "网友“L女士”：您好！",
            "黄A座、B栋的电梯已修复。",
            "周E路口已安装信号灯。",
        ),
    ),
    Pattern(
        name="number",
        expression=(
            f"(?<![A-Za-z0-9-])[0-9][0-9-]{{0,30}}+(?:[{_SIGN}]{{2,}}+|[{_LETTER}]{{2,}}+|[●○#＃]{{3,}}+)"
            f"[0-9{_SIGN}-]{{0,30}}+(?![A-Za-z])"
            f"|(?<![0-9{_SIGN}])[{_SIGN}]{{2,}}+[0-9][0-9{_SIGN}-]{{0,30}}+"
            f"|(?:{_NUMBER})(?:号码|号)?(?:为|是|：|:| ){{0,2}}{_RUN}[0-9]{{0,20}}+"
            f"|[0-9]{{2,18}}+(?:[-_—–]{{3,8}}+|[{_MARK}]{{3,8}}+)[0-9]{{2,18}}+"
        ),
        unless=_MARKDOWN,
        says=_SYMBOL,
        propose=_NUMBERS,
        breaches=(
            "我局已拨打【138****1234】与您联系。",
            "身份证号【5120211990****】已核对。",
            "【身份证号×××】的参保记录正常。",
            "请拨打【0832-332****】咨询。",
            "【尾号****5678】的账户已入账。",
            "来电号码【138XXXX1234】已登记。",
            "【邮箱：********】@example.cn已停用。",
            "联系【电话：XXXXXXXX】。",
            "手机【139####8888】已停机。",
            "来电号码【138----1234】、【139____5678】、【137★★★★0000】均已登记。",
        ),
        clean=(
            "场地尺寸为5*8米，基坑为2*3*4米，散热孔3×4排。",
            "总数约5×10⁴个，单价×数量即为总价。",
            "请拨打*138*1#查询，或按*键返回。",
            "请拨打028-12345678。",
            "2026——2027年度、10-12月、028--12345均如实登记。",
        ),
    ),
    Pattern(
        name="code",
        expression=(
            f"(?:(?<=[〕）])|第)[{_ANY}]{{1,4}}+[号条期批届款]"
            f"|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z]·?[0-9A-Z]{{0,5}}[{_SIGN}]{{2,}}+[0-9A-Z]{{0,5}}"
        ),
        unless=_MARKDOWN,
        says=_SYMBOL,
        propose="写出完整的号码",
        breaches=(
            "车辆【川K12**5】已移出消防通道。",
            "经查，【川A****8】违停属实。",
            "依据乐府发〔2026〕【×号】文件执行。",
            "您属于【第XX批】受益户。",
        ),
        clean=(
            "DN100管道和XXL码工作服已到货，型号DX-200。",
            "川A·X1234已移出。",
            "系统页面密码显示为“******”属正常。",
        ),
    ),
    Pattern(
        name="date",
        expression=(
            f"(?<![A-Za-z0-9{_ANY}])(?:"
            f"(?=[0-9]{{0,4}}年?[0-9]{{0,2}}月?[{_ANY}])(?:{_PART}年)?{_DAY}月{_DAY}[日号]"
            f"|(?=[0-9]{{0,4}}年?[{_ANY}]){_PART}年{_DAY}月"
            f"|[0-9]{{0,3}}[{_ANY}]{{2,4}}年"
            f"|[{_ANY}]{{1,2}}月(?=[份底初中上下])"
            f"|[{_ANY}]{{1,2}}日[前内起上下晚]|[{_ANY}]{{1,2}}季度)(?![数均])"
            f"|(?:[每本上下这]周|星期)[{_ANY}](?![{_ANY}0-9A-Za-z次])"
        ),
        says="没有写明日期",
        propose="写出确切的日期",
        breaches=(
            "计划于【X月X日】完工。",
            "我局已于【2026年X月X日】派员核查。",
            "【××××年××月××日】收到您的来信。",
            "预计【20XX年】建成。",
            "将于【10月XX日】前恢复供水。",
            "预计【2026年**月】通车。",
            "请于【X月】底前提交材料。",
            "预计【xx月xx号】修复。",
            "窗口【每周X】下午学习，不对外办公。",
            "将于2026年【X季度】启动，请于【×日上】午到场。",
        ),
        clean=(
            "月租金×月数即为总额，年限×年利率另计。",
            "补贴为300元×2年3月。",
            "计划于10月15日完工。",
            "每周×4次，共3×12月。",
            "工时按每周×次数计算。",
        ),
    ),
    Pattern(
        name="amount",
        expression=(
            f"(?:{_RUN}(?:{_MONEY})|{_ONE_LETTER}(?:{_MONEY}|次|米|天内|年内|处|盏|台|辆)"
            f"|{_ONE_SIGN}(?:万元|元|个工作日|亩|平方米|公里))(?![数均籍口员民力才价外理面]|单价|面积)"
        ),
        unless=_MARKDOWN,
        says="没有写明数量",
        propose="写出确切的数目",
        breaches=(
            "退还您多缴的水费【xxx元】。",
            "每月发放补贴【X元】，共惠及【XX户】。",
            "补偿标准为每亩【**万元】。",
            "将在【X个工作日】内答复。",
            "该地块面积为【□□亩】。",
            "更换路灯【X盏】。",
            "应退【×元】，请携带身份证领取。",
        ),
        clean=(
            "每人每天50元×人数×天数。",
            "补贴=基数×人均面积，户数×户均标准。",
            "面积x单价即为总价。",
            "楼面价×平方米单价后四舍五入。",
        ),
    ),
    Pattern(
        name="place",
        expression=(
            f"(?:{_RUN}(?:{_PLACE}|[省区组社])|{_ONE}(?:{_PLACE}|号楼))(?![数均级平]|系数|域)"
            f"|{_MARKED}(?:{_PLACE})(?![数均级平])"
            f"|(?<![A-Za-z0-9{_ANY}])(?=[0-9]{{0,4}}(?:号楼|栋|幢|单元)?[0-9]{{0,4}}(?:单元)?[{_ANY}])"
            f"(?:[0-9]{{1,4}}|[{_ANY}]{{1,4}})(?:号楼|栋|幢)(?:[0-9]{{1,4}}|[{_ANY}]{{1,4}})(?:单元|室|号|楼)"
            f"(?:(?:[0-9]{{1,4}}|[{_ANY}]{{1,4}})(?:室|号|楼))?"
        ),
        unless=_MARKDOWN,
        says=_SYMBOL,
        propose="写出这个地方的全名",
        breaches=(
            "【××街道】已安排清运。",
            "经乐至县【XX镇】【**村】核实，情况属实。",
            "您所住的【X小区】已列入改造计划。",
            "位于【X路】与【×路】交叉口的信号灯已修复。",
            "【●●小区】的电梯已检验合格。",
            "位于【★★街道】和【◆◆村】的水管已修复。",
            "请到乐至县【xx路】12号办理。",
            "您家【X栋X单元X室】的水表已更换。",
            "【×小区】已接通天然气。",
            "您家【3栋X单元XX号】的燃气已通。",
        ),
        clean=(
            "A区、B栋、C座的垃圾桶已更换，3栋2单元402室已修复。",
            "基数×县系数即为补贴额。",
            "每个社区×村数即为总数。",
            "住房面积×物业费单价×月数，基数×市平均工资。",
            "*小区物业已整改。",
            "被评为★★★小区，获得★★镇称号。",
            "##街道答复\n★★小区情况：属实。",
        ),
    ),
    Pattern(
        name="unit",
        expression=(
            f"(?:{_RUN}(?:(?!{_PLACE})(?:{_INNER}){{0,6}}?(?:{_UNIT}|中心)|[委厅]|办(?![法理事案])|所(?![有在以属需])|[站队](?![点台伍])|科(?![技学目])|[店厂](?![面主房家]))"
            f"|{_ONE}(?:{_UNIT})"
            f"|{_MARKED}(?:{_UNIT}|(?:{_INNER}){{0,6}}?公司))(?![数均长价费])"
        ),
        unless=_MARKDOWN,
        says=_SYMBOL,
        propose="写出这个单位的全称",
        breaches=(
            "已转【XX局】办理。",
            "经查，【●●公司】确有欠薪。",
            "建议您到【**医院】复查。",
            "已责令【×××有限公司】停工整改。",
            "您可向【X部门】反映。",
            "【□□学校】已退费。",
            "已转乐至县【×局】处理。",
            "由【xx物业】负责维修。",
            "已责令【◆◆建设有限公司】停工，【※※学校】已退费。",
        ),
        clean=(
            "单价×单位数即为总额。",
            "标*单位为牵头单位。",
            "被评为★★★单位。",
            "文旅+X企业、智慧+X公司均可申报。",
        ),
    ),
    Pattern(
        name="so-and-so",
        expression=f"[{SURNAMES}]?某[某{_SIGN}{_LETTER}]{{1,}}+",
        says="代替了真实的名称",
        propose=(
            "地方和单位写全称，工作人员写全名；诉求人写 {petitioner.name}，其他个人写 {party.1}，"
            "发信时换成全名"
        ),
        breaches=(
            "【某某】小区的问题已解决。",
            "其他同学【孙某某】一并受到处分。",
            "已转【某某】局办理。",
            "经查，【某某某】系该店店主。",
            "【某××】公司已停业。",
            "您反映的“【某某】餐馆油烟扰民”已整改。",
        ),
        clean=(
            "在某些路段，某种程度上仍有拥堵。",
            "该项目谋划已久。",
        ),
    ),
    Pattern(
        name="left out",
        expression=(
            f"[（(\\[［【〔<〈](?:此处|以下|已|作|做|均|被|{_OF_WHOM}){{0,4}}+(?:{_LEFT_OUT})(?:了|处理|{_OF_WHOM}){{0,2}}+[）)\\]］】〕>〉]"
            f"|[（(\\[［【〔](?:{_OF_WHOM})(?:从?略|不详述)[）)\\]］】〕]"
            f"|(?:{_OF_WHOM}){{1,2}}+[：:]?(?:[（(]从?略[）)]|(?<!信息)(?<!隐私)从?略(?=[，。、；）)\\n]|$))"
        ),
        unless="(?:数据|样本|图片|图像|影像|视频|文书|案例|名单|材料|资料)[（(][^（）()\\n]{1,12}[）)]",
        says="隐去了应当写明的内容",
        propose=(
            "地方和单位写全称；诉求人写 {petitioner.name}、{petitioner.phone}，其他个人写 {party.1}，"
            "发信时换成真实的内容"
        ),
        breaches=(
            "经查，店主【[已隐去]】已整改。",
            "户主【（姓名略）】已签字。",
            "该店老板【（已脱敏）】表示认可。",
            "投诉人【（姓名已隐去）】、证人【〈隐去姓名〉】均已到场。",
            "【住址：略】，【电话（略）】。",
            "房主【[已打码]】同意拆除。",
        ),
        clean=(
            "公开数据（已脱敏）可以在县人民政府网站查询。",
            "第三十条规定：“……（略）”，因此不予支持。",
            "系统已作脱敏处理，隐去了个人信息。",
            "电话略有杂音，地址略偏。",
        ),
    ),
    Pattern(
        name="blank",
        expression="(?<![_＿])[_＿]{1,8}+月[_＿]{1,8}+[日号]|(?<![A-Za-z0-9_＿])[_＿]{2,}+|(?<![_＿])[_＿]{2,}+(?![A-Za-z0-9])",
        says="是没有填写的空格",
        propose="填上内容；没有内容可填的，删去这一处",
        breaches=(
            "您的申请已于【____】受理。",
            "补贴金额为【＿＿＿】元。",
            "经办人：【______】",
            "请于【__月__日】前提交材料。",
        ),
        clean=(
            "请登录 lz_hotline__2026 查询。",
            "乐至——成都的班车已恢复……请留意公告———谢谢。",
        ),
    ),
    Pattern(
        name="text",
        expression=(
            f"{_SIGNS}|{_LETTERS}"
            f"|(?:(?<=[{_HAN}，、：“（])|(?<=[{_HAN}，、：“（][ 　])){_SPACED}"
            f"|(?<![一二三四五六七八九十零〇{_BOX}])[{_BOX}]{{2,}}+(?![一二三四五六七八九十零〇])"
        ),
        unless=rf"{_MARKDOWN}|{_ADDRESS}|\{{[^{{}}\n]{{1,60}}\}}",
        says=_SYMBOL,
        propose="把符号换成应当写明的文字",
        breaches=(
            "您反映的【**】问题已收悉。",
            "根据《【XX】办法》，您不符合条件。",
            "【XXX】（单位名称）已受理。",
            "经查，【□□】属实。",
            "请登录www.【xxx】.com查询。",
            "该桥位于县道【*******】线旁。",
            "名称为【＊＊】。",
            "答复如下：“【***】”。",
            "您反映的 【* * *】 问题已办结。",
            "答复如下：\n【***********】",
        ),
        clean=(
            "请穿XXL码，不要用iPhone X拍X光片，X射线室在二楼。",
            "按“*”号键或井号键返回，星号键确认。",
            "* 第一，已清运垃圾；\n* 第二，已加装路灯。",
            "面积为3 * 4，长 * 宽 * 高已核对。\n* * *\n以上为答复。",
            "{petitioner.name}：您好！您反映的问题已办结。",
            "**一、核查情况**\n经查属实。\n**二、处理结果**：已整改。\n3. **办理时间：**十月。",
            "□是 □否 同意公开，● 材料一，○ 材料二。",
            "二○○九年建成，一○○中队负责。",
            "详见 https://www.example.gov.cn/zwgk/xx/2026.html 。",
            "请发至xx@example.gov.cn。",
            "性别由XX染色体决定，Excel表已填。",
            "“1+X”证书、互联网+X均可申报，函数y=2x。",
            "满意度★★★★★，补贴标准*（*为上限）。",
        ),
    ),
)

_PLACEHOLDER = Pattern(
    name="placeholder",
    # What is no placeholder of the closed list goes out as it stands.
    expression=(
        r"[{｛](?!(?:petitioner\.(?:name|phone|id_number|address|title)|party\.[0-9]{1,3})\})"
        r"[^{}｛｝\n]{0,40}[}｝]{1,2}+|[｛][^{}｛｝\n]{0,40}\}"
    ),
    says="不是认得的占位，会原样印在信里",
    propose=(
        "占位只有 {petitioner.name}、{petitioner.phone}、{petitioner.id_number}、{petitioner.address}、"
        "{petitioner.title} 和 {party.1} 等，用半角花括号，中间没有空格；别的内容写成文字"
    ),
    breaches=(
        "【{petitioner.nam}】反映路灯不亮。",
        "【{诉求人}】：您好！",
        "已致电【｛petitioner.phone｝】。",
        "【{ petitioner.name }】的诉求已办结。",
        "{petitioner.name}反映的【{case.title}】已办结。",
    ),
    clean=("{petitioner.name}与{party.1}的纠纷已调解。", "集合{的记号没有写完。"),
)
PATTERNS = (*PATTERNS, _PLACEHOLDER)


def _left_out() -> str:
    """What follows the first character of the words for leaving out."""
    return "|".join(f"(?<={word[0]}){word[1:]}" for word in _LEFT_OUT.split("|"))


_SIGNS_OF_ALL = f"{{｛{_ANY}{_BOX}{_MARK}_＿某A-Z—–―─….略隐脱打屏遮涂马详-"
_FINDER = Finder(
    PATTERNS,
    signs=_SIGNS_OF_ALL,
    # One set of characters to begin with: they are searched for much faster than alternatives.
    hint=(
        f"[{_SIGNS_OF_ALL}](?:"
        f"(?<=[{{｛{_SIGN}])"
        f"|(?<=[{_LETTER}])(?<![A-WYZa-wyz].)(?![A-Za-z0-9])"
        f"|(?<=[{_BOX}_＿])(?:(?<=[○●])|(?<=[_＿])月|[{_BOX}_＿])|(?<=[{_MARK}●○])[{_MARK}●○]"
        f"|(?<=某)[某{_ANY}]"
        f"|(?<=[A-Zx])(?:先生|女士|小姐|某|(?<=[{_INITIAL_AFTER}].))"
        f"|(?<=[0-9-][{_LETTER}])[{_LETTER}]"
        "|(?<=[—–―─….-])(?:先生|女士|小姐)|(?<=[0-9][-_—–])[-_—–]{2}"
        f"|{_left_out()}|(?<=略)(?:[）)\\]］】〕，。、；\n]|$)|(?<=不详)述"
        ")"
    ),
)


may_find = _FINDER.may_find


def find(text: str, most: int | None = None) -> list[Wording]:
    """Masking symbols in a letter, from left to right; the first ``most``."""
    return _FINDER.find(text, most)
