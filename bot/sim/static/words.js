// What the page calls things: roles, states, categories, and sentences to try.

export const SERVICE = "连心桥";
export const SYSTEM = "系统";
export const PICTURE_TEXT = "[图片]"; // what stands for a picture in a message that has one

export const ROLES = {
  contact: {
    label: "企业联系人",
    short: "企业",
    quick: ["进度", "催办", "帮助"],
    hint: "像平常聊天一样，说出企业遇到的难处：",
  },
  officer: {
    label: "助企干部",
    short: "干部",
    quick: ["待办", "帮助"],
    hint: "派到的件、到期提醒和企业评价会出现在这里。",
  },
  head: {
    label: "部门负责人",
    short: "负责人",
    quick: ["今日", "超期", "帮助"],
    hint: "本部门超期、被督办的件会送到这里。",
  },
  coordinator: {
    label: "活动办",
    short: "活动办",
    quick: ["今日", "超期", "统计", "待分办", "帮助"],
    hint: "拿不准的件、超期和待核实的件会送到这里。",
  },
  leader: { label: "分管领导", short: "领导", quick: ["今日", "急件"], hint: "急件、重大件和每日简报会送到这里。" },
  duty: { label: "值班", short: "值班", quick: ["急件", "帮助"], hint: "遇到险情，这里第一时间响。" },
  discipline: {
    label: "纪检",
    short: "纪检",
    quick: ["待办", "帮助"],
    hint: "举报只送到这里，被反映的人和单位看不到。",
  },
  stranger: { label: "未绑定", short: "未绑定", quick: ["帮助"], hint: "还没有绑定企业的人也可以发问：" },
};

// What an empty phone offers to try; contacts take turns.
export const SAMPLES = {
  contact: [
    ["我们厂又跳闸了，这周第三次", "财园信贷通下个月到期，想续，银行说没额度"],
    ["去年说好的技改补贴到现在没到账", "厂门口天天没地方停车，货车进不来"],
    ["缺三十多个熟练工，订单赶不出来", "施工许可证卡一个多月了，能帮问问吗"],
  ],
  stranger: [["你们这个号是干什么的？", "我们厂门口的路灯坏了半个月"]],
};

export const STATES = {
  registered: { label: "登记中", tone: "grey" },
  triage: { label: "待分办", tone: "amber" },
  assigned: { label: "待签收", tone: "blue" },
  handling: { label: "办理中", tone: "indigo" },
  resolved: { label: "待评价", tone: "violet" },
  rated: { label: "待核实", tone: "pink" },
  verified: { label: "待销号", tone: "teal" },
  closed: { label: "已销号", tone: "green" },
  withdrawn: { label: "已撤回", tone: "faint" },
  refused: { label: "不予受理", tone: "faint" },
  merged: { label: "已合并", tone: "faint" },
};

export const CATEGORIES = {
  LAND: "用地厂房",
  PERMIT: "审批手续",
  FINANCE: "融资资金",
  LABOR: "用工人才",
  UTILITY: "水电气热",
  INFRA: "交通配套",
  SUBSIDY: "政策兑现",
  POLICY: "政策咨询",
  TECH: "科技创新",
  MARKET: "市场开拓",
  EHS: "环保安全",
  OTHER: "其他",
};
export const FLAGS = { red: "红旗", green: "绿旗", black: "黑旗" };

export const EMPTY_LEDGER = {
  blank: {
    title: "台账还是空的",
    text: "在任意一位企业联系人的手机里打一句话试试，比如“我们厂又跳闸了，这周第三次”；也可以点页面上方的“播放示例”。",
  },
  filtered: { title: "这里没有件", text: "换一个筛选看看。" },
};
