/** Counts at the EdgeX nodes: each event handed to a sink must come out of the source on the same bus, once. */
import { Arrivals } from './arrivals.mjs';

export class EdgexMeasurement {
  /** Events handed to the sinks. */
  sent = 0;
  nodes = 0;
  profiles = 0;
  #arrivals = new Arrivals();

  /** @param RED the embedded Node-RED */
  constructor(RED) {
    RED.hooks.add('onReceive.demo-edgex', ({ destination }) => {
      if (destination.node.type === 'pool-edgex-sink') this.sent += 1;
    });
    RED.hooks.add('onSend.demo-edgex', (events) => {
      for (const { source, msg } of events)
        if (source.node.type === 'pool-edgex-source') this.#arrivals.note(source.id, msg.payload.n);
    });
    RED.events.on('flows:started', () => {
      const flows = (RED.nodes.getFlows()?.flows ?? []).filter((node) => !node.d);
      const count = (...types) => flows.filter(({ type }) => types.includes(type)).length;
      this.nodes = count('pool-edgex-source', 'pool-edgex-sink');
      this.profiles = count('pool-edgex-profile');
    });
  }

  get received() {
    return this.#arrivals.received;
  }

  get duplicates() {
    return this.#arrivals.duplicates;
  }

  get lost() {
    return this.sent - this.received;
  }
}
