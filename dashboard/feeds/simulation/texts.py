"""What simulated cases say: templates about things and places, never about a person."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from dashboard.domain.case_types import resolve_type
from dashboard.feeds.simulation.world import World

# Summaries by slug; a type without a row of its own says its title.
SUMMARIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "family_dispute": ("家庭成员争执，请求调解", "夫妻争吵，邻居求助"),
        "divorce_dispute": ("离婚财产分割起争议",),
        "support_dispute": ("老人赡养费用分担起争议", "子女抚养费用起争议"),
        "inheritance_dispute": ("房屋继承份额起争议",),
        "neighbour_dispute": ("两户因院墙起争执", "两户因堆放杂物起争执", "两户因停车位起争执"),
        "noise_dispute": ("夜间装修噪音扰民", "广场音响噪音扰民", "楼上夜间噪音扰民"),
        "water_leak_dispute": ("楼上漏水，损失赔偿起争议",),
        "shared_space_dispute": ("楼道被占用，双方起争执",),
        "estate_dispute": ("物业收费起争议", "小区停车收费起争议", "电梯维修费用起争议"),
        "traffic_damage_dispute": ("事故赔偿数额起争议",),
        "medical_dispute": ("诊疗费用起争议",),
        "contract_dispute": ("货款支付起争议", "工程款结算起争议"),
        "consumer_dispute": ("商品退换起争议", "预付卡退费起争议"),
        "rent_dispute": ("押金退还起争议",),
        "labour_dispute": ("解除劳动合同补偿起争议",),
        "wage_dispute": ("工地工资拖欠，多人反映", "企业工资拖欠"),
        "work_injury_dispute": ("工伤待遇起争议",),
        "private_loan_dispute": ("借款归还起争议",),
        "fundraising_dispute": ("理财兑付困难，多人反映",),
        "land_dispute": ("征地补偿起争议",),
        "land_contract_dispute": ("承包地流转费用起争议",),
        "boundary_dispute": ("宅基地边界起争议",),
        "illegal_building_dispute": ("违章搭建影响采光",),
        "civil_affairs_dispute": ("救助办理反映",),
        "theft": ("店铺财物被盗", "院内财物被盗", "工地材料被盗"),
        "theft_from_person": ("集市扒窃", "公交站扒窃"),
        "theft_from_vehicle": ("车窗被砸，车内财物被盗", "停车场车内财物被盗"),
        "bicycle_theft": ("电动车被盗", "自行车被盗", "电动车电瓶被盗"),
        "gambling": ("反映棋牌室聚众赌博",),
        "disorder": ("酒后滋事", "聚众吵闹，围观较多", "占道滋事"),
        "affray": ("烧烤摊前打架", "因停车打架", "酒后打架"),
        "mischief": ("公共设施被损坏", "车辆被划", "绿化设施被损坏"),
        "robbery": ("路面抢夺财物",),
        "burglary_residential": ("住宅被撬，财物被盗",),
        "burglary_commercial": ("商铺被撬，财物被盗",),
        "vehicle_theft": ("三轮车被盗", "摩托车被盗"),
        "assault": ("冲突致人受伤",),
        "fraud": ("刷单诈骗", "冒充客服诈骗", "虚假投资诈骗"),
        "fire": ("厨房起火", "沿街商铺起火", "杂物堆起火"),
        "fire_hazard": ("灭火器过期", "消防栓无水", "电线私拉乱接"),
        "blocked_exit": ("消防通道被占", "楼道堆物堵塞出口"),
        "ebike_charging": ("电动车在楼道充电", "电动车飞线充电"),
        "work_safety": ("车间设备事故", "高处坠落事故"),
        "site_hazard": ("脚手架不稳", "基坑围挡缺失", "塔吊未检"),
        "hazardous_leak": ("危化品泄漏",),
        "food_safety": ("就餐后多人不适", "食品过期销售"),
        "environment": ("垃圾堆积", "露天焚烧秸秆", "河道漂浮垃圾"),
        "pollution": ("异味扰民", "污水外排", "扬尘未覆盖"),
        "flooding": ("路口积水", "地下车库积水"),
        "traffic": ("两车剐蹭", "路口拥堵", "车辆抛锚"),
        "traffic_injury": ("电动车与轿车相撞，有人受伤", "路口相撞，有人受伤"),
        "traffic_fatal": ("车辆相撞，伤情严重",),
        "road_hazard": ("井盖缺失", "路面塌陷", "信号灯故障", "行道树倒伏"),
        "crowding": ("集市人流拥挤", "活动现场人流拥挤"),
    }
)

OUTCOMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "dispute": ("settled", "settled", "settled", "settled", "withdrawn", "unsettled"),
        "case": ("handled", "handled", "transferred"),
        "hazard": ("handled",),
        "scene": ("handled",),
    }
)

DEPARTMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "dispute": ("司法所", "人社局", "住建局"),
        "case": ("派出所", "公安局"),
        "hazard": ("应急管理局", "市场监管局", "综合执法局"),
        "scene": ("消防救援大队", "交警大队", "应急管理局"),
    }
)

SENT_BACK_NOTES = ("回访不满意，重新办理", "材料不全，重新办理", "整改不到位，重新办理")
RETURNED_NOTES = ("不属本单位职责", "地点有误，退回重新交办")


def place(world: World, grid: int) -> str:
    """Town, village and "附近": near enough for a desk, too coarse for a door."""
    return f"{world.name(int(world.town[grid]))}{world.name(int(world.village[grid]))}附近"


def desk(world: World, grid: int) -> str:
    """The desk that answers for a grid: its county's centre."""
    return f"{world.name(int(world.pack.regions.parent[world.town[grid]]))}综治中心"


def summary(slug: str, rng: np.random.Generator) -> str:
    """A sentence for a case of a type."""
    said = SUMMARIES.get(slug) or (f"反映{resolve_type(slug).zh}",)
    return said[int(rng.integers(len(said)))]
