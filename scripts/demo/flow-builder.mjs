/** Tabs with rows of nodes, from left to right, each wired to the next; and the nodes of the demo. */

const column = (index) => 140 + 220 * index;

export class FlowBuilder {
  nodes = [];
  #tab;
  #y;

  openTab(id, label, text) {
    this.openSubflow(id);
    this.nodes.push({ id, type: 'tab', label, disabled: false, info: text });
    this.#add(`${id}-about`, 'comment', text, { info: '', x: 320, y: 40, wires: [] });
  }

  /** What follows belongs to a tab or subflow that is there already. */
  openSubflow(id) {
    this.#tab = id;
    this.#y = 100;
  }

  /** One line of nodes from left to right, each wired to the next. */
  row(key, ...parts) {
    for (const [index, [type, name, properties]] of parts.entries()) {
      const last = index === parts.length - 1;
      const outputs = last ? (properties.outputs ?? 0) : 1;
      const wires = last ? Array.from({ length: outputs }, () => []) : [[`${key}-${index + 1}`]];
      this.#add(`${key}-${index}`, type, name, { ...properties, x: column(index), y: this.#y, wires });
    }
    this.#y += 60;
  }

  #add(id, type, name, properties) {
    this.nodes.push({ id, type, name, z: this.#tab, ...properties });
  }
}

export const every = (seconds) => [
  'inject',
  `every ${seconds * 1000} ms`,
  { props: [], repeat: String(seconds), once: false },
];

export const fn = (name, func) => [
  'function',
  name,
  { func, outputs: 1, timeout: 0, noerr: 0, initialize: '', finalize: '', libs: [] },
];

export const source = (name, profileId, topic, qos) => [
  'pool-mqtt-source',
  name,
  { profile: profileId, topic, qos: String(qos), datatype: 'json', nl: false, rap: true, rh: '0', inputs: 0 },
];

export const sink = (name, profileId, topic, qos) => [
  'pool-mqtt-sink',
  name,
  { profile: profileId, topic, topicType: 'str', qos: String(qos), qosType: 'str', retain: 'false', retainType: 'str' },
];
