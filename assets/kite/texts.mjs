/** Words on the map: keys into config.texts, which the server fills in the language of the page. */

/** Every key that this code asks for; the comment holds the Chinese and the English text. */
export const TEXT_KEYS = [
  'map.level.0', // 未知 | unknown
  'map.level.1', // 蓝 | blue
  'map.level.2', // 黄 | yellow
  'map.level.3', // 橙 | orange
  'map.level.4', // 红 | red
  'map.tooltip.score', // 平安指数 {score} · {numeral} {level} | Safety index {score} · {numeral} {level}
  'map.tooltip.no_score', // 平安指数 未知 | Safety index unknown
  'map.tooltip.open', // 未结案件 {count} | Open cases {count}
  'map.tooltip.cameras', // 监控在线 {online} / {total} | Cameras online {online} / {total}
  'map.tooltip.units', // 在岗队伍 {count} | Units on duty {count}
  'map.tooltip.hatched', // 样本不足，得分仅供参考 | Too few events: take the score with care
  'map.tooltip.capped', // 有未结特别重大案件，得分封顶 | Capped by an open case of level 01
  'map.tooltip.derived', // 边界为推导所得 | Boundary derived, not surveyed
  'map.tooltip.case', // {level} 级案件 · {id} | Case of level {level} · {id}
  'map.tooltip.case_state', // 状态 {state} | State {state}
  'map.tooltip.simulated', // 模拟数据 | Simulated data
  'map.tooltip.camera', // 监控 {number} | Camera {number}
  'map.tooltip.centre', // {name}综治中心 | Governance centre of {name}
  'map.tooltip.staff', // 编制 {count} 人 | {count} posts
  'map.tooltip.station', // 网格服务站 | Grid service station
  'map.tooltip.area', // {area} 平方米 | {area} m²
  'map.tooltip.company', // 社区物业公司 | Community property company
  'map.tooltip.helpers', // 协助员 {helpers} · 老旧小区 {served} / {estates} | Helpers {helpers} · old estates {served} / {estates}
  'map.camera_status.0', // 未知 | unknown
  'map.camera_status.1', // 在线 | online
  'map.camera_status.2', // 离线 | offline
  'map.camera_status.3', // 故障 | fault
  'map.camera_status.4', // 未联网 | not networked
  'map.camera_kind.0', // 普通监控 | ordinary
  'map.camera_kind.1', // 出入口抓拍 | entrance capture
  'map.camera_kind.2', // 增强现实 | augmented reality
  'map.camera_kind.3', // 高空瞭望 | high-mounted dome
  'map.ring.1', // 市际圈卡点 | checkpoint of the city ring
  'map.ring.2', // 县际圈卡点 | checkpoint of the county ring
  'map.ring.3', // 派出所圈卡点 | checkpoint of the police ring
  'map.unit_state.0', // 离岗 | off duty
  'map.unit_state.1', // 空闲 | free
  'map.unit_state.2', // 忙碌 | busy
  'map.unit_state.3', // 途中 | en route
  'map.unit_state.4', // 到场 | on scene
  'map.unit_kind.0', // 网格员 | grid worker
  'map.unit_kind.1', // 巡逻 | patrol
  'map.unit_kind.2', // 消防 | fire
  'map.unit_kind.3', // 应急 | emergency
  'map.unit_kind.4', // 调解 | mediation
  'map.unit_kind.5', // 医疗 | medical
  'map.case_state.reported', // 待受理 | reported
  'map.case_state.accepted', // 研判 | accepted
  'map.case_state.assigned', // 交办 | assigned
  'map.case_state.handling', // 办理 | handling
  'map.case_state.resolved', // 待验证 | resolved
  'map.case_state.closed', // 已结案 | closed
  'map.note.cameras', // 监 {online}/{total} | Cam {online}/{total}
  'map.note.units', // 队 {count} | Units {count}
];

const figures = new Intl.NumberFormat('en-US');

/**
 * A function that gives the text of a key with {names} filled in; a text that is missing shows as its key.
 * @param {Record<string, string>} texts config.texts
 */
export function texter(texts) {
  return (key, values) => {
    const text = texts?.[key] ?? key;
    return values ? text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? show(values[name]) : whole)) : text;
  };
}

/** @param {any} value */
function show(value) {
  return typeof value === 'number' ? figures.format(value) : String(value ?? '');
}
