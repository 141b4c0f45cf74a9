/** The actions sources and sinks have in common: `msg.action` connect and disconnect. */
import type { NodeMessageInFlow } from 'node-red';
import { PoolError } from '../core/errors';
import type { Borrowing } from './borrowing';
import type { MqttProfileController } from './mqtt-profile-controller';

export type Done = (error?: Error) => void;

/** Carries the action out and calls `done` once; false when it is another one, which is then the caller's. */
export function runConnectionAction(
  profile: MqttProfileController,
  borrowing: Borrowing,
  message: NodeMessageInFlow,
  done: Done,
): boolean {
  switch (message['action']) {
    case 'connect':
      void finish(profile.connect(borrowing, message['broker']), done);
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
