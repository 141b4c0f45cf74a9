/**
 * The nodes of the chaos suite inside Node-RED: a feed that sends numbered messages and a collector that tells what
 * arrives. What they tell goes to the process that started this one.
 */
import type { Node, NodeAPI, NodeDef } from 'node-red';

/** What became of one message. Ids are `generation.number`; each life of the process is a generation. */
export interface Report {
  readonly lane: string;
  /** `done`: completed by the sink without an error; `got`: arrived at the collector. */
  readonly what: 'sent' | 'done' | 'failed' | 'got';
  readonly id: string;
  /** Of a failure. */
  readonly code?: string;
}

interface FeedDef extends NodeDef {
  readonly lane: string;
  readonly perSecond: number;
}

interface CompleteEvent {
  readonly node: { readonly id: string };
  readonly msg: { readonly payload?: unknown };
  readonly error?: unknown;
}

const TICK_MILLIS = 20;
const generation = process.env['CHAOS_GENERATION'] ?? '0';
const numbers = new Map<string, number>();
let feeding = true;

/** Stops or goes on with all feeds of this process. */
export function feed(wanted: boolean): void {
  feeding = wanted;
}

export function registerNumberedNodes(RED: NodeAPI): void {
  RED.hooks.add('onComplete.chaos', (event: CompleteEvent) => {
    const lane = /^sink-(.+)$/.exec(event.node.id)?.[1];
    if (lane === undefined) return;
    const id = String(event.msg.payload);
    if (!event.error) return tell({ lane, what: 'done', id });
    const { code } = event.error as { readonly code?: string };
    tell({ lane, what: 'failed', id, code: code ?? 'no code' });
  });

  function Feed(this: Node, config: FeedDef): void {
    RED.nodes.createNode(this, config);
    const { lane, perSecond } = config;
    const perTick = Math.max(1, Math.round((perSecond * TICK_MILLIS) / 1000));
    const timer = setInterval(() => {
      for (let left = feeding ? perTick : 0; left > 0; left -= 1) {
        const number = (numbers.get(lane) ?? 0) + 1;
        numbers.set(lane, number);
        const id = `${generation}.${number}`;
        tell({ lane, what: 'sent', id });
        this.send({ payload: id });
      }
    }, TICK_MILLIS);
    this.on('close', () => clearInterval(timer));
  }

  function Collect(this: Node, config: FeedDef): void {
    RED.nodes.createNode(this, config);
    this.on('input', (message, _send, done) => {
      // Done is done when whoever counts has been told.
      tell({ lane: config.lane, what: 'got', id: String(message.payload) }, () => done());
    });
  }

  RED.nodes.registerType('chaos-feed', Feed);
  RED.nodes.registerType('chaos-collect', Collect);
}

function tell(report: Report, told?: () => void): void {
  process.send?.(report, undefined, undefined, () => told?.());
}
