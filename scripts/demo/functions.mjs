/**
 * The code of the demo's Function nodes. Each message has a number `n`, counted per topic, for the measurement; the
 * demo counts, because a deploy empties the context of nodes.
 */

/** Five readings around a temperature; `topic` when the sink leaves it to the message. */
export const readings = (celsius, topic) =>
  `
const demo = global.get('demo');
if (!demo.running) return null;
const messages = [];
for (let i = 0; i < 5; i++) {
    const n = demo.next(node.id);
    const celsius = ${celsius} + 4 * Math.sin(n / 50);
    messages.push({ ${topic ? `topic: '${topic}', ` : ''}payload: { n, celsius } });
}
return [messages];
`.trim();

/** One mean for each ten readings. */
export const average = `
const sum = (context.get('sum') || 0) + msg.payload.celsius;
const count = (context.get('count') || 0) + 1;
context.set('sum', count % 10 ? sum : 0);
context.set('count', count);
if (count % 10) return null;
return { payload: { n: global.get('demo').next(node.id), celsius: sum / 10 } };
`.trim();

/** An alarm for each reading above a limit. */
export const limit = (celsius) =>
  `
if (msg.payload.celsius <= ${celsius}) return null;
const n = global.get('demo').next(node.id);
return { payload: { n, from: msg.topic, celsius: msg.payload.celsius } };
`.trim();

/** The values of a device, one reading each: `n` and `litres` stay whole numbers on the bus. */
export const pump = `
const demo = global.get('demo');
if (!demo.running) return null;
const n = demo.next(node.id);
return { payload: { n, litres: n * 12, pressure: 3 + Math.sin(n / 20), on: true } };
`.trim();

/** What becomes a stream's entry: the machine is part of it, as a stream has no topics. */
export const entry = `
msg.payload.machine = msg.topic.split('/')[2];
return msg;
`.trim();

/** The message goes on, as its completion is what acknowledges the entry. */
export const fromEntry = `
msg.topic = 'demo/logbook/' + msg.payload.machine;
return msg;
`.trim();

/** Counts, and shows the count once a second. */
export const tally = `
const count = (context.get('count') || 0) + 1;
context.set('count', count);
if (Date.now() - (context.get('shown') || 0) > 1000) {
    context.set('shown', Date.now());
    node.status({ fill: 'grey', shape: 'dot', text: count + ' messages' });
}
return msg;
`.trim();
