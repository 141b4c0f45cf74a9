/**
 * Counts at the nodes: what is handed to each sink, and what comes out of each source, through Node-RED's own message
 * hooks, so that the counting is no part of the flows. Every message carries its topic and a number `n` counted per
 * topic; a source that shows a message twice is found out, and can't make up for one that is missing.
 */
export class Measurement {
  /** Messages handed to the sinks. */
  handed = 0;
  /** Messages the sources must show for them: one for each source whose filter matches. */
  expected = 0;
  /** Messages the sources did show, each once. */
  received = 0;
  /** Messages a source showed once more. */
  duplicates = 0;
  nodes = 0;
  profiles = 0;
  #filters = [];
  #sinkTopics = new Map();
  #seen = new Map();
  #running = new Set();

  /** @param RED the embedded Node-RED */
  constructor(RED) {
    RED.hooks.add('onReceive.demo', ({ msg, destination }) => {
      if (destination.node.type === 'pool-mqtt-sink') this.#handOver(destination.node, msg);
    });
    RED.hooks.add('onSend.demo', (events) => {
      // One event for each wire; the sources of the demo have one wire each.
      for (const { source, msg } of events) if (source.node.type === 'pool-mqtt-source') this.#receive(source.id, msg);
    });
    RED.events.on('node-status', ({ id, status }) => {
      if (status?.fill === 'green') this.#running.add(id);
      else this.#running.delete(id);
    });
    RED.events.on('flows:started', () => this.#read(RED.nodes.getFlows()?.flows ?? []));
  }

  get lost() {
    return this.expected - this.received;
  }

  /** How many of the flow nodes show a green status. */
  get green() {
    return this.#running.size;
  }

  /** Reads off the deployed flows who ought to get what; a node in a subflow counts once for each instance. */
  #read(flows) {
    const off = new Set(
      flows.filter((node) => node.d || (node.type === 'tab' && node.disabled)).map((node) => node.id),
    );
    const live = flows.filter((node) => !off.has(node.id) && !off.has(node.z));
    const subflows = new Set(flows.filter((node) => node.type === 'subflow').map((node) => node.id));
    const instances = (node) =>
      subflows.has(node.z) ? live.filter((other) => other.type === `subflow:${node.z}`).length : 1;
    const ofType = (type) =>
      live.filter((node) => node.type === type).flatMap((node) => Array(instances(node)).fill(node));
    const sources = ofType('pool-mqtt-source');
    this.#filters = sources.map((node) => node.topic);
    const sinks = ofType('pool-mqtt-sink');
    this.#sinkTopics = new Map(sinks.map((node) => [node.id, node.topic]));
    this.nodes = sources.length + sinks.length;
    this.profiles = ofType('pool-mqtt-profile').length;
  }

  #handOver(sink, msg) {
    this.handed += 1;
    const topic = this.#sinkTopics.get(sink.id) || msg.topic;
    this.expected += this.#filters.filter((filter) => matches(filter, topic)).length;
  }

  #receive(sourceId, { topic, payload }) {
    const key = `${sourceId} ${topic}`;
    let seen = this.#seen.get(key);
    if (!seen) this.#seen.set(key, (seen = { last: 0, missing: new Set() }));
    const { n } = payload;
    if (n > seen.last) {
      for (let skipped = seen.last + 1; skipped < n; skipped += 1) seen.missing.add(skipped);
      seen.last = n;
    } else if (!seen.missing.delete(n)) {
      this.duplicates += 1;
      return;
    }
    this.received += 1;
  }
}

/** Does a topic match a topic filter (MQTT 3.1.1, 4.7)? The demo has no topics beginning with `$`. */
function matches(filter, topic) {
  const levels = topic.split('/');
  const wanted = filter.split('/');
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false;
  }
  return wanted.length === levels.length;
}
