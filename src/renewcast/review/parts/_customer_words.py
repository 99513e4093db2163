"""What people read for the codes of lifecycle and milestones."""

from renewcast.lifecycle import stages
from renewcast.review.saying import labels
from renewcast.segments import tiers

STAGES = labels(stages.STAGES) | {
    "new": {"en": "new", "zh": "新客户"},
    "left": {"en": "left", "zh": "已离开"},
}
TIERS = labels(tiers.TIERS)
PHASES = {
    "marketing": {"en": "marketing", "zh": "营销"},
    "implementation": {"en": "implementation", "zh": "实施"},
    "customer_success": {"en": "customer success", "zh": "客户成功"},
    "continued_success": {"en": "continued success", "zh": "持续成功"},
    "left": {"en": "left", "zh": "已离开"},
}
EVIDENCE = {
    "aware": {"en": "known to us", "zh": "已有记录"},
    "asked": {"en": "spoke with us", "zh": "已有接触"},
    "acted": {"en": "signed, not begun", "zh": "已签约未开始"},
    "term_began": {"en": "first term began, no value yet", "zh": "首份合同已开始，尚无价值"},
    "first_value": {"en": "first value reached", "zh": "已达首次价值"},
    "day_90": {"en": "90 days over, value not recorded", "zh": "已满九十天，无价值记录"},
    "renewed_after_value": {"en": "renewed, with value", "zh": "有价值且已续约"},
    "cover_ended": {"en": "cover ended", "zh": "合同已结束"},
}
FIELDS = {
    "owner": {"en": "owner", "zh": "负责人"},
    "industry": {"en": "industry", "zh": "行业"},
    "company_size": {"en": "company size", "zh": "公司规模"},
    "country": {"en": "country", "zh": "国家"},
    "acquisition_channel": {"en": "channel", "zh": "获客渠道"},
    "contract_terms": {"en": "notice period", "zh": "通知期"},
    "key_user": {"en": "key user", "zh": "关键用户"},
    "executive": {"en": "executive", "zh": "高管"},
    "milestones_with_days": {"en": "milestones with due days", "zh": "有日期的里程碑"},
    "first_contact": {"en": "first contact", "zh": "首次接触"},
}
KINDS = {"functional": {"en": "functional", "zh": "功能"}, "customer": {"en": "the customer's own", "zh": "客户成果"}}
YES_NO = {"yes": {"en": "yes", "zh": "是"}, "no": {"en": "no", "zh": "否"}}
STEPS = {
    "register": {"en": "registered", "zh": "注册"},
    "trial": {"en": "tried", "zh": "试用"},
    "pay": {"en": "paid", "zh": "付费"},
    "onboard": {"en": "first value", "zh": "上线见效"},
    "grow": {"en": "in growth", "zh": "成长"},
    "expand": {"en": "expanded", "zh": "扩展"},
    "renew": {"en": "renewed", "zh": "续约"},
    "refer": {"en": "would refer", "zh": "推荐"},
}
OUTCOMES = {
    "reached": {"en": "an outcome was reached", "zh": "取得成果"},
    "not_reached": {"en": "none was reached", "zh": "未取得成果"},
}
METRICS = {
    "first_value_in_90_days": {"en": "first value within 90 days", "zh": "九十天内首次价值"},
    "stays_until_day_270": {"en": "customers on day 90 who stay until day 270", "zh": "第 90 天客户留存至第 270 天"},
    "stays_another_month": {"en": "stays another month", "zh": "次月留存"},
    "open_at_90_renews": {"en": "terms open 90 days before their end that renew", "zh": "到期前 90 天未决合同的续约率"},
}
GROUPINGS = {
    "industry": {"en": "industry", "zh": "行业"},
    "company_size": {"en": "company size", "zh": "公司规模"},
    "country": {"en": "country", "zh": "国家"},
    "region": {"en": "region", "zh": "地区"},
    "acquisition_channel": {"en": "channel", "zh": "获客渠道"},
}
EVERYBODY = {"all": {"en": "all", "zh": "全部"}}
