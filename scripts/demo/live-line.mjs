/** The line that tells once a second how things stand: in place on a terminal, else as lines. */
export class LiveLine {
  #timer;
  #inPlace;

  /** @param {import('./world.mjs').DemoWorld} world */
  constructor(say, world) {
    const stream = say === console.log ? process.stdout : process.stderr;
    this.#inPlace = stream.isTTY === true;
    let last = counts(world);
    this.#timer = setInterval(() => {
      const now = counts(world);
      const perSecond = (name) => Math.round(((now[name] - last[name]) * 1000) / (now.time - last.time));
      const text =
        `${world.nodes} flow nodes, ${world.profiles} profiles, ${connections(world)}, ` +
        `${perSecond('sent')} messages/s sent, ${perSecond('received')}/s received` +
        `, ${perSecond('events')} EdgeX events/s` +
        (world.redis ? `, ${perSecond('entries')}/s through the stream` : '');
      last = now;
      if (this.#inPlace) stream.write(`\r\x1b[K${text}`);
      else say(text);
    }, 1000);
  }

  end() {
    clearInterval(this.#timer);
    if (this.#inPlace) process.stderr.write('\n');
  }
}

function counts({ broker, mqtt, stream, edgex }) {
  const [entries, events] = [stream.received, edgex.received];
  return { time: Date.now(), sent: broker.sent, received: mqtt.received, entries, events };
}

function connections({ broker, redis, redisConnections }) {
  if (!redis) return plural(broker.connections, 'physical connection');
  return `${plural(broker.connections + redisConnections, 'connection')} (MQTT ${broker.connections}, Redis ${redisConnections})`;
}

function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
