/** Finding the profile of a flow node, and what the node says when there is none. */
import type { Node, NodeAPI } from 'node-red';
import { PoolError } from '../core/errors';
import type { EdgexProfileController } from './edgex/edgex-profile-controller';
import type { HttpProfileController } from './http/http-profile-controller';
import type { MqttProfileController } from './mqtt-profile-controller';
import type { RedisProfileController } from './redis-profile-controller';
import type { Settings } from './settings-readers';
import type { Texts } from './texts';

/** The config nodes of this package, by type, as flow nodes see them. */
interface ProfileControllers {
  'pool-edgex-profile': EdgexProfileController;
  'pool-http-profile': HttpProfileController;
  'pool-mqtt-profile': MqttProfileController;
  'pool-redis-profile': RedisProfileController;
}

/** A config node that holds a profile. */
export interface ProfileNode<Controller, Credentials extends object> extends Node<Credentials> {
  controller: Controller;
}

/** The profile of a flow node; undefined when none is chosen, it was deleted or disabled, or is of another type. */
export function findProfile<Type extends keyof ProfileControllers>(
  RED: NodeAPI,
  settings: Settings,
  type: Type,
): ProfileControllers[Type] | undefined {
  const id = settings['profile'];
  const node = typeof id === 'string' && id !== '' ? (RED.nodes.getNode(id) as Node | null) : null;
  return node?.type === type ? (node as ProfileNode<ProfileControllers[Type], object>).controller : undefined;
}

/**
 * The node of a profile's `tls` property, for `readTls`: undefined when the property is empty, null when there is no
 * such node.
 */
export function findTlsNode(RED: Pick<NodeAPI, 'nodes'>, settings: Settings): unknown {
  return findConfigNode(RED, settings, 'tls');
}

/** The same for any property that names a config node. */
export function findConfigNode(RED: Pick<NodeAPI, 'nodes'>, settings: Settings, property: string): unknown {
  const id = settings[property];
  return typeof id === 'string' && id !== '' ? ((RED.nodes.getNode(id) as Node | null) ?? null) : undefined;
}

/** Tells that the node has no profile: now in its log and status, later to every message that wants something. */
export function reportMissingProfile(node: Node, texts: Texts): PoolError {
  const error = new PoolError('NO_PROFILE', texts.text('errors.no-profile'));
  node.status({ fill: 'red', shape: 'ring', text: texts.text('status.no-profile') });
  node.error(`${error.message} (${error.code})`);
  return error;
}
