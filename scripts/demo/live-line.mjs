/** The line that tells once a second how things stand: in place on a terminal, else as lines. */
export class LiveLine {
  #timer;
  #inPlace;

  constructor(say, broker, measurement) {
    const stream = say === console.log ? process.stdout : process.stderr;
    this.#inPlace = stream.isTTY === true;
    let last = { time: Date.now(), sent: broker.sent, received: measurement.received };
    this.#timer = setInterval(() => {
      const now = { time: Date.now(), sent: broker.sent, received: measurement.received };
      const perSecond = (name) => Math.round(((now[name] - last[name]) * 1000) / (now.time - last.time));
      const text =
        `${measurement.nodes} flow nodes, ${measurement.profiles} profiles, ` +
        `${plural(broker.connections, 'physical connection')}, ` +
        `${perSecond('sent')} messages/s sent, ${perSecond('received')}/s received`;
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

function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
