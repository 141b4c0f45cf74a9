/**
 * The profiles whose connections a `pool-status` node tells of. A profile of EdgeX has no connection of its own: it stands
 * for the MQTT or Redis profile it refers to. A profile in a subflow has another id in each instance of it.
 */
import { isPlainObject, readText, type Settings } from '../settings-readers';

/** What is asked of the runtime. */
export interface WatchedRuntime {
  /** The settings of every node there is, as they are in the flows. */
  eachNode(visit: (settings: object) => void): void;
  /** A running node; `_alias` is the id it has in the flows if it runs in the instance `z` of a subflow. */
  getNode(id: string): { readonly _alias?: string | undefined; readonly z?: string | undefined } | null;
}

/** Where a profile says which other profile carries it, by what its `bus` is. */
const CARRIERS: Readonly<Record<string, string>> = { mqtt: 'mqttProfile', redis: 'redisProfile' };

export class WatchedProfiles {
  readonly #chosen: readonly string[];
  readonly #runtime: WatchedRuntime;
  readonly #flow: string | undefined;
  readonly #isOfInstance: boolean;
  #ids: ReadonlySet<string> | undefined;

  /**
   * @param chosen the ids in the node's settings
   * @param flow the flow, or the instance of a subflow, the node runs in
   */
  constructor(chosen: unknown, runtime: WatchedRuntime, flow: string | undefined) {
    // In a subflow, Node-RED puts the id of the instance's node in the place of a list that has one element.
    this.#isOfInstance = typeof chosen === 'string' && chosen !== '';
    const list: readonly unknown[] = Array.isArray(chosen) ? chosen : [chosen];
    this.#chosen = list.filter((id): id is string => typeof id === 'string' && id !== '');
    this.#runtime = runtime;
    this.#flow = flow;
  }

  /** Whether none of the chosen ones exists. */
  get isEmpty(): boolean {
    return !this.#isOfInstance && this.#find().size === 0;
  }

  /** To be asked when all nodes run. @param profile the id of a running profile node */
  has(profile: string): boolean {
    this.#ids ??= this.#find();
    if (this.#ids.has(profile)) return true;
    const alias = this.#aliasOf(profile);
    return alias !== undefined && this.#ids.has(alias);
  }

  /** Of a node that runs in the same instance of a subflow. */
  #aliasOf(id: string): string | undefined {
    const node = this.#runtime.getNode(id);
    return node && node.z === this.#flow ? node._alias : undefined;
  }

  #find(): Set<string> {
    const wanted = new Set<unknown>(this.#chosen.map((id) => this.#aliasOf(id) ?? id));
    const found = new Set<string>();
    this.#runtime.eachNode((settings) => {
      if (!isPlainObject(settings) || !wanted.has(settings['id'])) return;
      found.add(carrierOf(settings) ?? String(settings['id']));
    });
    return found;
  }
}

function carrierOf(settings: Settings): string | undefined {
  const property = CARRIERS[readText(settings, 'bus')];
  return property === undefined ? undefined : readText(settings, property);
}
