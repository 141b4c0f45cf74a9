/** The actions sources and sinks have in common: `msg.action` connect and disconnect. */
import type { NodeMessageInFlow } from 'node-red';
import type { DriverSession } from '../core/driver';
import { PoolError } from '../core/errors';
import type { Borrowing } from './borrowing';
import type { ConnectionActions } from './profile-controller';

export type Done = (error?: Error) => void;

/** Carries the action out and calls `done` once; false when it is another one, which is then the caller's. */
export function runConnectionAction<Session extends DriverSession>(
  profile: ConnectionActions<Session>,
  borrowing: Borrowing<Session>,
  message: NodeMessageInFlow,
  done: Done,
): boolean {
  switch (message['action']) {
    case 'connect':
      void finish(profile.connect(borrowing, message[profile.overridesField]), done);
      return true;
    case 'disconnect':
      void finish(profile.disconnect(), done);
      return true;
    default:
      return false;
  }
}

async function finish(action: Promise<void>, done: Done): Promise<void> {
  let error: PoolError | undefined;
  try {
    await action;
  } catch (thrown) {
    error = PoolError.from(thrown);
  }
  done(error);
}
