"""Where things happen: invented estates, roads, villages and shops in the real towns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A place with the unit of its town."""

    name: str
    unit: str


def _in(unit: str, names: str) -> tuple[Place, ...]:
    return tuple(Place(name, unit) for name in names.split())


_TOWNS: dict[str, str] = {
    "shifo-town": "清水村 双桥村 石佛社区 白云村",
    "huilan-town": "回龙村 长春村 七里沟村",
    "shituan-town": "玉皇村 石湍社区 新桥村",
    "tongjia-town": "童家社区 石门坎村 龙井村",
    "baolin-town": "建设村 宝林社区 黄桷村 大堰村",
    "dafo-town": "大佛社区 红土村 灵官村 五里村",
    "liangan-town": "良安社区 青峰村 梨园村",
    "jinshun-town": "金顺社区 团结村 沙坝村",
    "zhonghechang-town": "中和社区 同心村 柏林村 乌木村",
    "laodong-town": "劳动社区 旧居村 水井村",
    "zhongtian-town": "中天社区 断石村 高桥村",
    "foxing-town": "佛星社区 松林村 太极村",
    "panlong-town": "蟠龙社区 倒流村 桂花村",
    "dongshan-town": "东山社区 凤凰村 茶店村",
    "tonglyu-town": "通旅社区 元坝村 天宝村",
    "gaosi-town": "高寺社区 清河村 三块石村",
    "longmen-town": "龙门社区 报国村 花园村",
    "shengchi-town": "盛池社区 莲池村 万寿村",
    "shuanghechang-township": "双河社区 金鼓村 草堂村",
}
_VILLAGES = tuple(p for unit, names in _TOWNS.items() for p in _in(unit, names))

PLACES: dict[str, tuple[Place, ...]] = {
    "estate": (
        *_in("tianchi-street", "锦绣花园小区 书香苑小区 天池丽景小区 翠湖名都小区 帅乡雅居小区 滨河国际小区 迎宾华府小区 文峰小区"),
        *_in("nanta-street", "南塔新城小区 金桂苑小区 阳光水岸小区 蓝湾半岛小区 东城印象小区 民生家园小区 鑫苑小区"),
        *_in("shifo-town", "石佛新居小区"),
        *_in("dafo-town", "大佛安置小区"),
        *_in("tongjia-town", "童家新居小区"),
    ),
    "road": (
        *_in("tianchi-street", "迎宾大道 帅乡大道 天池大道 文庙街 川鄂路 仁和街 图书馆路 西郊路"),
        *_in("nanta-street", "南塔大街 东顺街 安居路 二环路 玉龙街 利民路 棚户区改造安置路"),
    ),
    "village": _VILLAGES,
    "field": _VILLAGES,
    "market": (
        *_in("tianchi-street", "天池农贸市场 西门综合市场 文庙街夜市"),
        *_in("nanta-street", "南塔农贸市场 东门商贸城 利民路早市"),
        *_in("shifo-town", "石佛场镇"),
        *_in("dafo-town", "大佛场镇"),
        *_in("baolin-town", "宝林场镇"),
        *_in("laodong-town", "劳动场镇"),
    ),
    "school": (
        *_in("tianchi-street", "天池小学 县城实验小学 帅乡中学 启明幼儿园"),
        *_in("nanta-street", "南塔小学 东城中学 南塔幼儿园"),
        *_in("zhonghechang-town", "中和场中心小学"),
        *_in("tongjia-town", "童家中学"),
    ),
    "shop": (
        *_in("tianchi-street", "万象商业广场 迎宾大道商铺 文庙街商业街 帅乡大道临街商铺 西郊路商铺"),
        *_in("nanta-street", "东顺街商铺 南塔大街商铺 安居路商业街 利民路商铺 玉龙街商铺"),
    ),
    "hospital": _in("tianchi-street", "县人民医院"),
    "police": _in("nanta-street", "南塔派出所户籍窗口"),
    "site": (
        *_in("tianchi-street", "迎宾片区安置房项目工地 天池大道管网改造工地 滨河商住楼项目工地"),
        *_in("nanta-street", "东城学校新建项目工地 二环路改造工地 南塔商业综合体项目工地"),
        *_in("tongjia-town", "经开区标准厂房项目工地"),
    ),
    "factory": (
        *_in("tongjia-town", "经开区机械加工厂 经开区食品加工园"),
        *_in("nanta-street", "二环路外侧石材加工厂 玉龙街木材加工点"),
        *_in("huilan-town", "回澜塑料颗粒加工点"),
        *_in("liangan-town", "良安沙石堆场"),
    ),
    "farm": tuple(
        Place(f"{p.name}养殖场", p.unit) for p in _VILLAGES if p.name.endswith("村")
    ),
    "river": (
        *_in("tianchi-street", "天池湖东岸"),
        *_in("nanta-street", "玉龙河城区段"),
        *_in("laodong-town", "鄢家河劳动段"),
        *_in("panlong-town", "蟠龙河出境断面上游"),
        *_in("longmen-town", "龙门水库"),
        *_in("baolin-town", "童家河宝林段"),
    ),
    "town": (
        *_in("tianchi-street", "天池街道便民服务中心"),
        *_in("nanta-street", "南塔街道便民服务中心"),
        *_in("shifo-town", "石佛镇便民服务中心"),
        *_in("dafo-town", "大佛镇便民服务中心"),
        *_in("zhongtian-town", "中天镇便民服务中心"),
        *_in("gaosi-town", "高寺镇便民服务中心"),
    ),
    "elsewhere": (
        *_in("", "资阳市雁江区三贤路 资阳市雁江区滨江大道 资阳市安岳县岳阳镇 成都市简阳市河东新区 遂宁市安居区"),
    ),
}  # fmt: skip
"""Kind of place → places."""
