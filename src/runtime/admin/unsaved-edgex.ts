/** An EdgeX profile has no connection: what is tried out is the deployed profile of its bus, or the bus a file names. */
import { PoolError } from '../../core/errors';
import { readEdgexProfile } from '../edgex/edgex-profile-settings';
import { startNamedProfiles } from '../named-profiles/start';
import { readText, type Settings } from '../settings-readers';
import type { AdminRuntime } from './route';
import type { UnsavedSettings } from './unsaved-settings';
import { t } from '../../core/wording';

const PROPERTY = { mqtt: 'mqttProfile', redis: 'redisProfile' } as const;

/**
 * The settings of the bus in the place of those of an EdgeX profile.
 *
 * @throws PoolError `EDGEX_INVALID_PROFILE`, or `NO_PROFILE` when the profile of the bus is not deployed
 */
export function busOf(RED: AdminRuntime, { settings }: UnsavedSettings): UnsavedSettings {
  const named = readText(settings, 'named');
  if (named !== '') {
    const view = startNamedProfiles(RED)
      .all()
      .find(({ id }) => id === named);
    return { type: view?.serves ?? view?.type ?? 'mqtt', settings: { named }, credentials: {}, id: undefined };
  }
  const { bus } = readEdgexProfile(settings);
  const id = readText(settings, PROPERTY[bus]);
  const carrier = deployed(RED, id, `pool-${bus}-profile`);
  if (!carrier) {
    const text = t`The ${bus === 'mqtt' ? 'MQTT' : 'Redis'} profile of the bus is not deployed; choose one and deploy it, or test it in its own dialog.`;
    throw new PoolError('NO_PROFILE', text, { kind: 'refused' });
  }
  return { type: bus, settings: carrier, credentials: (RED.nodes.getCredentials(id) as Settings | null) ?? {}, id };
}

function deployed(RED: AdminRuntime, id: string, type: string): Settings | undefined {
  let found: Settings | undefined;
  RED.nodes.eachNode((node) => {
    if (node.id === id && node.type === type) found = node as unknown as Settings;
  });
  return found;
}
