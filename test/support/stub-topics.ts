/** The stub broker's routing: retained messages, and who gets how many copies of a publication. */
import type { IPublishPacket, ISubscription } from 'mqtt-packet';
import type { OverlapMode } from './stub-broker';
import type { StubSession, StubSubscription } from './stub-session';
import { matches, parseShared } from './topic-matching';

export type Publication = Pick<IPublishPacket, 'topic' | 'payload' | 'qos' | 'retain' | 'properties'>;

export class StubTopics {
  readonly retained = new Map<string, Publication>();
  readonly #sessions: ReadonlyMap<string, StubSession>;
  readonly #overlap: OverlapMode;
  /** Whose turn it is, per shared filter. */
  readonly #turns = new Map<string, number>();

  constructor(sessions: ReadonlyMap<string, StubSession>, overlap: OverlapMode) {
    this.#sessions = sessions;
    this.#overlap = overlap;
  }

  publish(publication: Publication, from: StubSession | undefined): void {
    if (publication.retain) {
      if (publication.payload.length === 0) this.retained.delete(publication.topic);
      else this.retained.set(publication.topic, publication);
    }
    for (const session of this.#sessions.values()) this.#publishTo(session, publication, from);
    this.#publishShared(publication);
  }

  subscribe(session: StubSession, asked: ISubscription, identifier: number | undefined): void {
    const isNew = !session.subscriptions.has(asked.topic);
    session.subscriptions.set(asked.topic, {
      filter: asked.topic,
      qos: asked.qos,
      noLocal: asked.nl ?? false,
      retainAsPublished: asked.rap ?? false,
      identifier,
    });
    const handling = session.version === 5 ? (asked.rh ?? 0) : 0;
    if (handling === 2 || (handling === 1 && !isNew) || parseShared(asked.topic).group !== undefined) return;
    for (const publication of this.retained.values()) {
      if (!matches(asked.topic, publication.topic)) continue;
      const qos = lower(publication.qos, asked.qos);
      session.deliver(copyOf(publication, qos, true, session, identifier === undefined ? [] : [identifier]));
    }
  }

  #publishTo(session: StubSession, publication: Publication, from: StubSession | undefined): void {
    const found = [...session.subscriptions.values()].filter(
      ({ filter, noLocal }) =>
        parseShared(filter).group === undefined && matches(filter, publication.topic) && !(noLocal && from === session),
    );
    if (found.length === 0) return;
    if (this.#overlap === 'copy-per-subscription') {
      for (const subscription of found) this.#deliver(session, publication, [subscription]);
    } else this.#deliver(session, publication, found);
  }

  #publishShared(publication: Publication): void {
    const members = new Map<string, [StubSession, StubSubscription][]>();
    for (const session of this.#sessions.values()) {
      for (const subscription of session.subscriptions.values()) {
        const { group, filter } = parseShared(subscription.filter);
        if (group === undefined || !matches(filter, publication.topic) || session.connection === undefined) continue;
        members.set(subscription.filter, [...(members.get(subscription.filter) ?? []), [session, subscription]]);
      }
    }
    for (const [filter, candidates] of members) {
      const turn = this.#turns.get(filter) ?? 0;
      this.#turns.set(filter, turn + 1);
      const chosen = candidates[turn % candidates.length];
      if (chosen !== undefined) this.#deliver(chosen[0], publication, [chosen[1]]);
    }
  }

  #deliver(session: StubSession, publication: Publication, subscriptions: readonly StubSubscription[]): void {
    const highest = subscriptions.reduce<0 | 1 | 2>((qos, each) => (each.qos > qos ? each.qos : qos), 0);
    const retain = publication.retain && subscriptions.some((each) => each.retainAsPublished);
    const ids = this.#overlap === 'one-copy-no-ids' ? [] : subscriptions.flatMap((each) => each.identifier ?? []);
    session.deliver(copyOf(publication, lower(publication.qos, highest), retain, session, ids));
  }
}

function lower(one: 0 | 1 | 2, other: 0 | 1 | 2): 0 | 1 | 2 {
  return one < other ? one : other;
}

function copyOf(
  publication: Publication,
  qos: 0 | 1 | 2,
  retain: boolean,
  session: StubSession,
  ids: readonly number[],
): Publication {
  const copy: Publication = { topic: publication.topic, payload: publication.payload, qos, retain };
  if (session.version !== 5) return copy;
  const properties = { ...publication.properties };
  delete properties.topicAlias;
  const [first] = ids;
  if (first !== undefined) properties.subscriptionIdentifier = ids.length === 1 ? first : [...ids];
  return { ...copy, properties };
}
