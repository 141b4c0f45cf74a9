/**
 * Counts at the MQTT nodes: what is handed to each sink, and what comes out of each source, through Node-RED's own
 * message hooks, so that the counting is no part of the flows. Every message carries its topic and a number `n` counted
 * per topic.
 */
import { Arrivals } from './arrivals.mjs';

export class Measurement {
  /** Messages handed to the sinks. */
  handed = 0;
  /** Messages the sources must show for them: one for each source whose filter matches. */
  expected = 0;
  nodes = 0;
  profiles = 0;
  #filters = [];
  #sinkTopics = new Map();
  #arrivals = new Arrivals();

  /** @param RED the embedded Node-RED */
  constructor(RED) {
    RED.hooks.add('onReceive.demo', ({ msg, destination }) => {
      if (destination.node.type === 'pool-mqtt-sink') this.#handOver(destination.node, msg);
    });
    RED.hooks.add('onSend.demo', (events) => {
      // One event for each wire; the sources of the demo have one wire each.
      for (const { source, msg } of events) if (source.node.type === 'pool-mqtt-source') this.#receive(source.id, msg);
    });
    RED.events.on('flows:started', () => this.#read(RED.nodes.getFlows()?.flows ?? []));
  }

  /** Messages the sources did show, each once. */
  get received() {
    return this.#arrivals.received;
  }

  /** Messages a source showed once more. */
  get duplicates() {
    return this.#arrivals.duplicates;
  }

  get lost() {
    return this.expected - this.received;
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
    this.#arrivals.note(`${sourceId} ${topic}`, payload.n);
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
