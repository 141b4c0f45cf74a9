/** A node of the benchmark alone: sends numbers from 0 on, so many a second and so many in all, over deploys. */
import type { Node, NodeAPI, NodeDef } from 'node-red';

interface FeedDef extends NodeDef {
  readonly perSecond: number;
  readonly count: number;
}

const TICK_MILLIS = 5;

let sent = 0;
let startedAt: number | undefined;

/** How many have been sent by the feed of this process. */
export function fed(): number {
  return sent;
}

export function registerFeed(RED: NodeAPI): void {
  function Feed(this: Node, config: FeedDef): void {
    RED.nodes.createNode(this, config);
    const { perSecond, count } = config;
    startedAt ??= performance.now();
    const start = startedAt;
    const timer = setInterval(() => {
      const due = Math.min(count, ((performance.now() - start) * perSecond) / 1000);
      while (sent < due) this.send({ payload: String(sent++) });
    }, TICK_MILLIS);
    this.on('close', () => clearInterval(timer));
  }
  RED.nodes.registerType('bench-feed', Feed);
}
