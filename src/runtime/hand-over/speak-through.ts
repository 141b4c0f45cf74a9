/**
 * A node that was closed may still have something to say: the answer to a request, the outcome of a message that waited
 * through a deploy. Its flow object is gone by then, and with it the nodes it was wired to and the Catch nodes. So it
 * speaks through the flow, and along the wires, of the node that came in its place.
 */
import type { Node } from 'node-red';

interface NodeOfRuntime {
  id: string;
  z: string;
  _flow?: unknown;
  readonly wires?: unknown;
  updateWires?(wires: unknown): void;
}

/** From now on, what `former` sends, fails and completes goes where `successor` is. */
export function speakThrough(former: Node, successor: Node): void {
  const one = former as unknown as NodeOfRuntime;
  const other = successor as unknown as NodeOfRuntime;
  if (one === other || other._flow === undefined) return;
  one._flow = other._flow;
  one.id = other.id;
  one.z = other.z;
  if (typeof one.updateWires === 'function') one.updateWires(other.wires);
}
