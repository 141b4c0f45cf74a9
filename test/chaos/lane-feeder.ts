/** Sends numbered messages on one lane from outside, steadily; what the server has taken is promised. */
import { waitFor } from '../support/waiting';
import type { Lane } from './lanes';
import type { Ledger } from './ledger';
import type { Outside } from './outside';

const TICK_MILLIS = 10;
const QUIET_MILLIS = 60_000;

export class LaneFeeder {
  readonly lane: Lane;
  readonly #ledger: Ledger;
  readonly #outside: Outside;
  #generation = 0;
  #number = 0;
  #timer: NodeJS.Timeout | undefined;
  #underWay = 0;

  constructor(lane: Lane, ledger: Ledger, outside: Outside) {
    this.lane = lane;
    this.#ledger = ledger;
    this.#outside = outside;
  }

  /** Settles when the first has arrived: what came before that is not promised, as nobody may have listened yet. */
  async start(): Promise<void> {
    this.#generation += 1;
    this.#number = 0;
    const arrivedBefore = this.#ledger.arrived;
    let promising = false;
    this.#timer = setInterval(() => {
      const id = `${this.#generation}.${(this.#number += 1)}`;
      this.#ledger.sent();
      this.#underWay += 1;
      const promised = promising;
      this.lane.send?.(this.#outside, id).then(
        () => {
          this.#underWay -= 1;
          if (promised) this.#ledger.promised(id);
        },
        () => {
          this.#underWay -= 1;
          this.#ledger.failed('not taken by the server');
        },
      );
    }, TICK_MILLIS);
    await waitFor(() => this.#ledger.arrived > arrivedBefore, `the first message on ${this.lane.name}`, QUIET_MILLIS);
    promising = true;
  }

  /** Sends no more; settles when the servers have taken all that was sent. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await waitFor(() => this.#underWay === 0, `what was sent on ${this.lane.name}`, QUIET_MILLIS);
  }

  /** Stops, and waits until everything promised has arrived. */
  async quiet(): Promise<void> {
    await this.stop();
    const arrived = () => this.#ledger.owed === 0;
    await waitFor(arrived, `${this.lane.name} to become quiet`, QUIET_MILLIS).catch(() => undefined);
  }
}
