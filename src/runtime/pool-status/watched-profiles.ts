/**
 * The profiles whose connections a `pool-status` node tells of. A profile of EdgeX has no connection of its own: it stands
 * for the MQTT or Redis profile it refers to.
 */
import { isPlainObject, readText, type Settings } from '../settings-readers';

/** What is asked of the runtime: the settings of every node there is. */
export type EachNode = (visit: (settings: object) => void) => void;

/** Where a profile says which other profile carries it, by what its `bus` is. */
const CARRIERS: Readonly<Record<string, string>> = { mqtt: 'mqttProfile', redis: 'redisProfile' };

/**
 * @param chosen the ids in the node's settings
 * @returns the ids of profiles with connections; empty when none of the chosen ones exists
 */
export function watchedProfiles(chosen: unknown, eachNode: EachNode): Set<string> {
  const wanted = new Set(Array.isArray(chosen) ? chosen.filter((id) => typeof id === 'string' && id !== '') : []);
  const watched = new Set<string>();
  eachNode((settings) => {
    if (!isPlainObject(settings) || !wanted.has(settings['id'])) return;
    watched.add(carrierOf(settings) ?? String(settings['id']));
  });
  return watched;
}

function carrierOf(settings: Settings): string | undefined {
  const property = CARRIERS[readText(settings, 'bus')];
  return property === undefined ? undefined : readText(settings, property);
}
