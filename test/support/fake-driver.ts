/** A protocol-free driver whose every step a test decides; it counts what the pool asks of it. */
import type {
  ConnectionContext,
  Driver,
  DriverConnection,
  DriverSession,
  QueueLimits,
  SessionOptions,
} from '../../src/core/driver';
import type { Borrower } from '../../src/core/lease';

export interface FakeProfile {
  readonly host: string;
  readonly name?: string;
  readonly password?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** What only one connection may claim at a time. */
  readonly identity?: string;
}

/** What one attempt does; the default succeeds at once. */
export type FakeConnect = (signal: AbortSignal, connection: FakeConnection) => Promise<void> | void;

export class FakeSession implements DriverSession {
  closes = 0;
  readonly queue: QueueLimits;
  readonly #onClose: () => void;

  constructor(queue: QueueLimits, onClose: () => void) {
    this.queue = queue;
    this.#onClose = onClose;
  }

  close(): void {
    this.closes += 1;
    this.#onClose();
  }
}

export class FakeConnection implements DriverConnection<FakeSession> {
  readonly profile: FakeProfile;
  readonly context: ConnectionContext;
  readonly sessions: FakeSession[] = [];
  /** Signals of all attempts so far. */
  readonly attempts: AbortSignal[] = [];
  /** The argument of every `disconnect`. */
  readonly disconnects: boolean[] = [];
  /** Whether a "socket" is open. */
  open = false;
  readonly #driver: FakeDriver;

  constructor(driver: FakeDriver, profile: FakeProfile, context: ConnectionContext) {
    this.#driver = driver;
    this.profile = profile;
    this.context = context;
  }

  async connect(signal: AbortSignal): Promise<void> {
    this.attempts.push(signal);
    await this.#driver.onConnect(signal, this);
    this.open = true;
  }

  async disconnect(final: boolean): Promise<void> {
    this.disconnects.push(final);
    await this.#driver.onDisconnect(final, this);
    this.open = false;
  }

  session(options: SessionOptions): FakeSession {
    const session = new FakeSession(options.queue, () => this.#driver.onSessionClose(session));
    this.sessions.push(session);
    return session;
  }

  details(): Record<string, unknown> {
    return { sessions: this.sessions.length };
  }
}

export class FakeDriver implements Driver<FakeProfile, FakeSession> {
  readonly type: string;
  readonly opened: FakeConnection[] = [];
  onConnect: FakeConnect = () => undefined;
  onDisconnect: (final: boolean, connection: FakeConnection) => Promise<void> | void = () => undefined;
  onSessionClose: (session: FakeSession) => void = () => undefined;
  timeoutMillis = 30_000;

  constructor(type = 'fake') {
    this.type = type;
  }

  /** The latest connection opened. */
  get latest(): FakeConnection {
    const latest = this.opened.at(-1);
    if (latest === undefined) throw new Error('no connection was opened');
    return latest;
  }

  get openSockets(): number {
    return this.opened.filter((connection) => connection.open).length;
  }

  normalise(profile: FakeProfile): FakeProfile {
    return { ...profile, name: profile.name ?? '', options: profile.options ?? {} };
  }

  describe(profile: FakeProfile): string {
    return `fake://${profile.host}`;
  }

  identity(profile: FakeProfile): string | undefined {
    return profile.identity;
  }

  dedicate(profile: FakeProfile, suffix: string): FakeProfile {
    return { ...profile, name: `${profile.name}-${suffix}` };
  }

  connectTimeoutMillis(): number {
    return this.timeoutMillis;
  }

  open(profile: FakeProfile, context: ConnectionContext): FakeConnection {
    const connection = new FakeConnection(this, profile, context);
    this.opened.push(connection);
    return connection;
  }
}

let borrowers = 0;

/** A borrower with an id of its own. */
export function borrower(id = `borrower-${++borrowers}`): Borrower {
  return { id, type: 'test node', flow: 'flow-1' };
}
