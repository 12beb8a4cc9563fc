"""Matters outside the county: the center sends them back to the city platform."""

from __future__ import annotations

from hotline.demo.matter import Matter

MATTERS = (
    Matter(
        "city-facility", "help", "urban-management-bureau",
        title="{place}路灯不亮",
        problem="{place}多盏路灯不亮，夜间通行不便",
        wish="请求修复",
        found="", done="", law="", place="elsewhere",
    ),
    Matter(
        "market-prepaid", "complaint", "market-bureau",
        title="{place}理发店预付卡退费难",
        problem="在{place}一家理发店办卡后门店关门，余额不退",
        wish="要求协调退款",
        found="", done="", law="", place="elsewhere",
    ),
    Matter(
        "property-service", "complaint", "housing-bureau",
        title="{place}小区物业停水停电催费",
        problem="{place}一小区物业企业以停电方式催缴物业费",
        wish="要求制止",
        found="", done="", law="", place="elsewhere",
    ),
)  # fmt: skip
