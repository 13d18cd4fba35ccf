// The play of the tour: who says what, and what must be true before it goes on.

// `as` acts: `press` looks for a button of the item's newest message, `text` is typed where there is none.
// `hop` moves the clock: to the dispatch, to the next check of the item, past its deadline.
// `watch` names whose phone is looked at, `until` what must be true before going on; {n} is the item's number.
export const TOUR = [
  {
    caption: "企业联系人像平常聊天一样，说出难处",
    as: "contact",
    text: "我们厂又跳闸了，这周第三次",
    until: (item) => item !== undefined,
  },
  { caption: "想起什么接着说，会并进同一件", as: "contact", text: "两台空压机都停了" },
  {
    caption: "两分钟后派单：主办部门、责任人、时限都定下来",
    hop: "dispatch",
    watch: "officer",
    until: (item) => Boolean(item.officer),
  },
  {
    caption: "责任人签收",
    as: "officer",
    press: "签收",
    text: "签收 {n}",
    until: (item) => item.state === "handling",
  },
  { caption: "时钟拨到下一个提醒：系统按时提醒责任人", hop: "check", watch: "officer" },
  { caption: "时钟拨过时限：超期提醒，台账标红", hop: "overdue", watch: "officer" },
  { caption: "责任人报告进展", as: "officer", text: "进展 {n} 供电所已到场，正在测负荷、换线路" },
  {
    caption: "责任人报办结，写明结果",
    as: "officer",
    text: "办结 {n} 变压器已增容，线路正常",
    until: (item) => item.state === "resolved",
  },
  {
    caption: "企业不满意：自动退回重办，不由办件人说了算",
    as: "contact",
    text: "不满意 {n} 就换了个保险",
    until: (item) => item.state === "handling",
  },
  {
    caption: "责任人重新办理，再报办结",
    as: "officer",
    text: "办结 {n} 老化线路已更换，新变压器送电，空压机同时开机正常",
    until: (item) => item.state === "resolved",
  },
  {
    caption: "这一回企业满意",
    as: "contact",
    text: "满意 {n}",
    until: (item) => item.state === "rated",
  },
  {
    caption: "活动办核实：办件的人不能自己销号",
    as: "coordinator",
    text: "核实 {n} 通过",
    until: (item) => item.state === "verified",
  },
  {
    caption: "销号：解决一个，销号一个",
    as: "coordinator",
    text: "销号 {n}",
    until: (item) => item.state === "closed",
  },
];
