"""A: the history of the files. Found by ``hotline audit``, which looks at commits."""

from __future__ import annotations

from hotline.rules.declare import found_in_history

found_in_history(
    "A001",
    title="已记录的事件一件不少、一字不改",
    article="art. 12",
    why="档案应真实、完整。记错的事另记一件 corrected 更正，原来的仍在；删改了，就没有人知道当时是怎么记的。",
    mend="从上一个版本恢复被改动的事件；要更正的，用 hotline add 工单编号 corrected。",
)
found_in_history(
    "A002",
    title="工单头不改，除非有准许它的事件",
    article="art. 12",
    why="渠道、编号、派单时间、类别决定全部时限；改了工单头，过去的时限就跟着变。密封内容和指纹只随 resealed、erased 改变。",
    mend="恢复原来的工单头；类别不对的用 reclassified，其他写错的更正：hotline add 工单编号 corrected header=true field=…。",
)
found_in_history(
    "A003",
    title="工单文件不删、不改名、不换成别的",
    article="art. 12",
    why="文件没有了，时限、答复和追责的依据也就没有了；销毁举报材料的，依第二十一条追究。",
    mend="从上一个版本恢复文件；放错了文件夹的，向管理机构说明后由其记入档案。",
)
found_in_history(
    "A004",
    title="提交人有权记这件事",
    article="art. 3",
    why="谁办理、谁记录、谁负责。按提交以前的名录看，提交人应是事件所属单位的成员，该单位应有这项职权。",
    mend="请该单位的成员核实：属实的，由该单位另记一件说明；不属实的，报管理机构处理。",
)
found_in_history(
    "A005",
    title="事情发生后一个工作日内入库",
    article="art. 12",
    why="事后补记的时间没有旁证。入库的时间以进入主分支的时间为准，不以提交自己写的时间为准。",
    mend="说明迟记的原因；以后当天记、当天提交。",
    severity="warning",
)
found_in_history(
    "A006",
    title="提交由名录里当时有效的密钥签名",
    article="art. 16-1",
    why="作者一栏谁都可以写；签名才能说明是谁提交的。密钥是否有效，以入库的时间为准。",
    mend="按手册设置 SSH 签名（git config gpg.format ssh），公钥登记在 registry/units.yaml。",
    severity="warning",
)
found_in_history(
    "A007",
    title="历史仍然包含锚点",
    article="art. 12",
    why="锚点存放在别处，记着当时的提交、件数和每个文件的指纹；历史里找不到它，就是历史被重写过。",
    mend="从没有被重写的副本恢复历史；查明是谁、何时强制推送。",
)
found_in_history(
    "A008",
    title="已经生效的时限规定和放假安排不改",
    article="practice",
    why="改了过去的规定，过去按时的会变成超期，超期的会变成按时。",
    mend="恢复原来的版本；规定有变化的，另建一个以生效日命名的文件。",
    severity="warning",
)
found_in_history(
    "A009",
    title="单位、成员和密钥只由管理机构或审批局改动",
    article="art. 16-1",
    why="能改名录的人就能给自己任何权力。",
    mend="恢复原来的名录；确需改动的，由管理机构或审批局提交。",
)
found_in_history(
    "A010",
    title="事件不早于发生就入库",
    article="art. 12",
    why="还没有发生的事不能先记；提交的时间早于事件的时间，两者必有一个是假的。",
    mend="核对电脑时钟；时间写错的由管理机构更正：hotline add 工单编号 corrected event=事件编号 field=at。",
)
