/**
 * The flow of the demo: a small plant on five tabs. Four profiles with equal settings, as they come about by copying
 * and importing, and twenty flow nodes, which all end up on one connection.
 */
import { credentials } from './broker.mjs';
import { every, FlowBuilder, fn, sink, source } from './flow-builder.mjs';
import { average, limit, readings, tally } from './functions.mjs';

/** Birth, close and will of the profiles go here. */
export const statusTopic = 'status/demo';

const profiles = { plant: 'Plant', copy: 'Plant (copy)', imported: 'Imported by a colleague', office: 'Office' };

/** @param {{ host: string, port: number }} broker */
export function demoFlow({ host, port }) {
  const flow = new FlowBuilder();
  for (const [id, name] of Object.entries(profiles)) flow.nodes.push(profile(id, name, host, port));

  flow.openTab('machines', '1 Machines', 'Three machines send 50 readings a second each, at QoS 0, 1 and 2.');
  flow.row(
    'press',
    every(0.1),
    fn('5 readings, press', readings(20)),
    sink('press', 'plant', 'demo/plant/press/temperature', 0),
  );
  flow.row(
    'oven',
    every(0.1),
    fn('5 readings, oven', readings(180)),
    sink('oven', 'plant', 'demo/plant/oven/temperature', 1),
  );
  flow.row(
    'mixer',
    every(0.1),
    fn('5 readings, mixer', readings(40)),
    sink('mixer', 'copy', 'demo/plant/mixer/temperature', 2),
  );

  flow.openTab('climate', '2 Climate', 'Two halls send 25 readings a second each; the topic comes with the message.');
  flow.row(
    'hall-a',
    every(0.2),
    fn('5 readings, hall A', readings(21, 'demo/climate/hall-a')),
    sink('hall A', 'copy', '', 0),
  );
  flow.row(
    'hall-b',
    every(0.2),
    fn('5 readings, hall B', readings(19, 'demo/climate/hall-b')),
    sink('hall B', 'imported', '', 1),
  );
  flow.row('hall-b-now', source('hall B', 'imported', 'demo/climate/hall-b', 0), fn('tally', tally));

  flow.openTab('averages', '3 Averages', 'Receive, calculate, send on: both ends share the connection.');
  flow.row(
    'mean-press',
    source('press', 'imported', 'demo/plant/press/temperature', 0),
    fn('mean of 10', average),
    sink('mean of press', 'imported', 'demo/mean/press', 1),
  );
  flow.row(
    'mean-oven',
    source('oven', 'imported', 'demo/plant/oven/temperature', 1),
    fn('mean of 10', average),
    sink('mean of oven', 'imported', 'demo/mean/oven', 1),
  );
  flow.row('means', source('all means', 'office', 'demo/mean/+', 1), fn('tally', tally));

  flow.openTab('alarms', '4 Alarms', 'Overlapping filters: each source still gets each message once.');
  flow.row(
    'watch',
    source('every temperature', 'plant', 'demo/plant/+/temperature', 1),
    fn('above 183 °C', limit(183)),
    sink('alarms', 'office', 'demo/alarms', 2),
  );
  flow.row('everything', source('whole plant', 'plant', 'demo/plant/#', 0), fn('tally', tally));
  flow.row('alarm', source('alarms', 'office', 'demo/alarms', 2), fn('tally', tally));

  flow.openTab('archive', '5 Archive', 'A source for everything, and two instances of one subflow.');
  flow.row('all', source('archive', 'office', 'demo/#', 2), fn('tally', tally));
  flow.row('mixers', source('mixer', 'copy', 'demo/plant/mixer/temperature', 2), fn('tally', tally));
  flow.row('halls', source('all halls', 'copy', 'demo/climate/+', 1), fn('tally', tally));
  flow.row('watch-1', ['subflow:hall-watch', 'hall watch, shift 1', { outputs: 1 }]);
  flow.row('watch-2', ['subflow:hall-watch', 'hall watch, shift 2', { outputs: 1 }]);

  flow.nodes.push({
    id: 'hall-watch',
    type: 'subflow',
    name: 'hall watch',
    info: 'Shows the readings of hall A.',
    in: [],
    out: [{ x: 580, y: 100, wires: [{ id: 'hall-1', port: 0 }] }],
  });
  flow.openSubflow('hall-watch');
  flow.row('hall', source('hall A', 'imported', 'demo/climate/hall-a', 1), fn('tally', tally));
  return flow.nodes;
}

function profile(id, name, host, port) {
  const message = (event, payload) => ({
    [`${event}Topic`]: statusTopic,
    [`${event}Payload`]: payload,
    [`${event}Qos`]: '1',
    [`${event}Retain`]: 'false',
    [`${event}Msg`]: {},
  });
  return {
    id,
    type: 'pool-mqtt-profile',
    name,
    broker: host,
    port: String(port),
    ...message('birth', 'here'),
    ...message('close', 'bye'),
    ...message('will', 'lost'),
    credentials: { ...credentials },
  };
}
