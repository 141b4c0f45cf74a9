/** Stops asking a server that fails again and again, and lets one request through now and then to see if it is back. */
import { PoolError } from '../../core/errors';
import type { CircuitBreakerSettings } from './profile';
import type { CircuitState } from './session';
import { t } from '../../core/wording';

/** How a request that was let through ended; `unknown` if it was given up. */
export type CircuitOutcome = 'success' | 'failure' | 'unknown';

export class CircuitBreaker {
  readonly #settings: CircuitBreakerSettings;
  readonly #address: string;
  readonly #changed: (state: CircuitState) => void;
  readonly #now: () => number;
  #state: CircuitState;
  #failures = 0;
  #trialUnderWay = false;

  constructor(
    settings: CircuitBreakerSettings,
    address: string,
    changed: (state: CircuitState) => void,
    now: () => number = Date.now,
  ) {
    this.#settings = settings;
    this.#address = address;
    this.#changed = changed;
    this.#now = now;
    this.#state = { kind: 'closed', since: now() };
  }

  get state(): CircuitState {
    return this.#state;
  }

  /**
   * Why no request is let through; undefined if one is.
   *
   * @param afterMillis from now
   * @returns an error with the code `HTTP_CIRCUIT_OPEN`
   */
  refusal(afterMillis = 0): PoolError | undefined {
    const state = this.#state;
    const isShut = state.kind === 'open' ? this.#now() + afterMillis < state.until : this.#trialUnderWay;
    return state.kind !== 'closed' && isShut ? this.#refusal() : undefined;
  }

  /**
   * Lets a request through. Whoever got through has to call what it returns, once.
   *
   * @throws PoolError `HTTP_CIRCUIT_OPEN`
   */
  enter(): (outcome: CircuitOutcome) => void {
    const refusal = this.refusal();
    if (refusal) throw refusal;
    if (this.#state.kind === 'open') this.#enter({ kind: 'half-open', since: this.#now() });
    if (this.#state.kind === 'closed') return (outcome) => this.#ended(outcome);
    this.#trialUnderWay = true;
    return (outcome) => {
      this.#trialUnderWay = false;
      if (outcome === 'success') this.#close();
      else if (outcome === 'failure') this.#openUp();
    };
  }

  /** Requests that were let through before it opened tell nothing new. */
  #ended(outcome: CircuitOutcome): void {
    if (this.#state.kind !== 'closed' || outcome === 'unknown') return;
    this.#failures = outcome === 'success' ? 0 : this.#failures + 1;
    if (this.#failures >= this.#settings.failures) this.#openUp();
  }

  #openUp(): void {
    const since = this.#now();
    this.#enter({
      kind: 'open',
      since,
      until: since + (this.#settings.openMillis ?? 30_000),
      failures: this.#failures,
    });
  }

  #close(): void {
    this.#failures = 0;
    this.#enter({ kind: 'closed', since: this.#now() });
  }

  #enter(state: CircuitState): void {
    this.#state = state;
    this.#changed(state);
  }

  #refusal(): PoolError {
    const message =
      this.#state.kind === 'open'
        ? t`${this.#address} failed ${this.#failures} times in a row; it is asked again in ${Math.max(1, Math.ceil((this.#state.until - this.#now()) / 1_000))} s.`
        : t`${this.#address} failed ${this.#failures} times in a row; one request is finding out whether it is back.`;
    return new PoolError('HTTP_CIRCUIT_OPEN', message);
  }
}
