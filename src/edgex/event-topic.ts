/** Topics that events are published on: `<base>/events/device/<service>/<profile>/<device>/<source>`. */
import { edgexError, quoted } from './fault';
import { checkTopic } from './topics';
import { t } from '../core/wording';

export interface EventTopicNames {
  /** @default 'edgex' */
  readonly base?: string;
  /** The device or application service; EdgeX 2.x had no such level: leave it out for it. */
  readonly serviceName?: string;
  readonly profileName: string;
  readonly deviceName: string;
  readonly sourceName: string;
}

/**
 * When names are percent-encoded: `needed` only those with characters that would change the topic; `always` as EdgeX does
 * with `EnableNameFieldEscape`; `never` refuses such names.
 */
export type NameEscape = 'needed' | 'always' | 'never';

export interface EventTopicOptions {
  /** @default 'needed' */
  readonly escape?: NameEscape;
  /** On Redis a dot separates levels, so that a name with one is escaped too. @default 'mqtt' */
  readonly bus?: 'mqtt' | 'redis';
}

/**
 * The topic for an event.
 *
 * @throws PoolError `EDGEX_INVALID_TOPIC` for an empty name or one that can't stand in a topic
 */
export function eventTopic(names: EventTopicNames, options: EventTopicOptions = {}): string {
  const level = (what: () => string, name: string) => nameLevel(what, name, options);
  const topic = [
    baseTopic(names.base),
    'events',
    'device',
    ...(names.serviceName === undefined ? [] : [level(() => t`service name`, names.serviceName)]),
    level(() => t`profile name`, names.profileName),
    level(() => t`device name`, names.deviceName),
    level(() => t`source name`, names.sourceName),
  ].join('/');
  checkTopic(topic);
  return topic;
}

/** A name as EdgeX percent-encodes it for a topic (common.URLEncode): all but letters, digits and `$ & = : @`. */
function escapeName(name: string): string {
  if (/\p{Surrogate}/u.test(name))
    throw edgexError(
      'EDGEX_INVALID_TOPIC',
      t`The name ${quoted(name)} can't stand in a topic: it has half a character.`,
    );
  return Buffer.from(name, 'utf8')
    .toString('latin1')
    .replaceAll(/[^A-Za-z0-9$&=:@]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

const BREAKS_TOPICS = /[/+#\u0000-\u001f\u007f-\u009f]/;

/**
 * A name as a level of a topic.
 *
 * @param what the name is of, for errors
 * @throws PoolError `EDGEX_INVALID_TOPIC` for an empty name or one that can't stand in a topic
 */
export function nameLevel(what: () => string, name: string, options: EventTopicOptions): string {
  const { escape = 'needed', bus = 'mqtt' } = options;
  if (name === '') throw edgexError('EDGEX_INVALID_TOPIC', t`The topic needs a ${what()}: it is empty.`);
  const isOdd = BREAKS_TOPICS.test(name) || name.includes('%') || (bus === 'redis' && name.includes('.'));
  if (escape === 'always' || (escape === 'needed' && isOdd)) return escapeName(name);
  if (!BREAKS_TOPICS.test(name)) return name;
  throw edgexError(
    'EDGEX_INVALID_TOPIC',
    t`The ${what()} ${quoted(name)} can't stand in a topic without being escaped.`,
  );
}

/** The base without slashes at its ends. */
function baseTopic(base = 'edgex'): string {
  let [start, end] = [0, base.length];
  while (base[start] === '/') start += 1;
  while (end > start && base[end - 1] === '/') end -= 1;
  if (start === end) throw edgexError('EDGEX_INVALID_TOPIC', t`The base topic is empty: set one, such as edgex.`);
  return base.slice(start, end);
}
