/** Reading a property of a message by its path, such as `payload.values[0]`. */
import type { NodeAPI, NodeMessageInFlow } from 'node-red';

/**
 * A reader for one path: undefined where there is no such property, also for a property of something that isn't there.
 * The path of most is one name, which needs no parsing for each message.
 */
export function messageProperty(util: NodeAPI['util'], path: string): (message: NodeMessageInFlow) => unknown {
  if (/^[A-Za-z_$][\w$]*$/.test(path)) return (message) => message[path];
  return (message) => {
    try {
      return util.getMessageProperty(message, path) as unknown;
    } catch {
      return undefined;
    }
  };
}
