/** Counts at the Redis nodes: what is handed to the sinks must come out of the sources of the group, each once. */
import { Arrivals } from './arrivals.mjs';

export class RedisMeasurement {
  /** Entries handed to the sinks. */
  sent = 0;
  nodes = 0;
  profiles = 0;
  #arrivals = new Arrivals();

  /** @param RED the embedded Node-RED */
  constructor(RED) {
    RED.hooks.add('onReceive.demo-redis', ({ destination }) => {
      if (destination.node.type === 'pool-redis-sink') this.sent += 1;
    });
    RED.hooks.add('onSend.demo-redis', (events) => {
      for (const { source, msg } of events) {
        if (source.node.type !== 'pool-redis-source') continue;
        this.#arrivals.note(msg.payload.machine, msg.payload.n);
      }
    });
    RED.events.on('flows:started', () => {
      const flows = (RED.nodes.getFlows()?.flows ?? []).filter((node) => !node.d);
      const count = (...types) => flows.filter(({ type }) => types.includes(type)).length;
      this.nodes = count('pool-redis-source', 'pool-redis-sink');
      this.profiles = count('pool-redis-profile');
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
