/** Which nodes show a green status: those of the pool do when they work. */
export class Statuses {
  #green = new Set();

  /** @param RED the embedded Node-RED */
  constructor(RED) {
    RED.events.on('node-status', ({ id, status }) => {
      if (status?.fill === 'green') this.#green.add(id);
      else this.#green.delete(id);
    });
  }

  get green() {
    return this.#green.size;
  }
}
