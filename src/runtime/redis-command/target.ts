/** Where in the message a result goes: `payload`, or any other path within it; the rest of the message stays. */
import type { NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import { readText, type Settings } from '../settings-readers';
import type { Util } from './operation';
import { t } from '../../core/wording';

export class Target {
  readonly #util: Util;
  readonly #path: string;

  /** @param settings with `target`, a path such as `payload` or `device.state` */
  constructor(util: Util, settings: Settings) {
    this.#util = util;
    this.#path = readText(settings, 'target').replace(/^msg\./, '') || 'payload';
  }

  /** @throws PoolError `INVALID_TARGET` when the message can't take it there */
  put(message: NodeMessageInFlow, value: unknown): void {
    if (this.#path === 'payload') {
      message.payload = value;
      return;
    }
    let cause: unknown;
    try {
      if (this.#util.setMessageProperty(message, this.#path, value, true) !== (false as unknown)) return;
    } catch (thrown) {
      cause = thrown;
    }
    const message_ = t`The result can't be put into msg.${this.#path}: it is no path, or leads through something that is no object.`;
    throw new PoolError('INVALID_TARGET', message_, cause === undefined ? {} : { cause });
  }
}
