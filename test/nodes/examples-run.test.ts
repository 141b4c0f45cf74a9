/** The example flows do in a real Node-RED what their comments say. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import type { NodeMessageInFlow } from 'node-red';
import { useTeardown } from '../support/teardown';
import { waitFor, waitForAsync } from '../support/waiting';
import type { EventMeta } from './edgex-flow';
import { errorText, ownTypes } from './node-red';
import { CORE, EXAMPLES, readExample, runHttp, runMqtt, runRedis } from './running-example';
import { useUserDirectory } from './user-directory';

/** Where each kind of profile finds its server, in the example and in this test. */
const PROFILES: Readonly<Record<string, { readonly address: string; readonly port: string }>> = {
  'pool-mqtt-profile': { address: 'broker', port: '1883' },
  'pool-redis-profile': { address: 'host', port: '6379' },
};

describe('the examples', () => {
  const teardown = useTeardown();

  for (const file of readdirSync(EXAMPLES)) {
    it(`${file} needs nothing but Node-RED, this package and a server on loopback`, () => {
      const nodes = readExample(file);
      const known = new Set(['tab', 'group', 'http response', ...Object.keys(CORE), ...ownTypes]);
      assert.deepEqual(
        nodes.filter(({ type }) => !known.has(type)),
        [],
      );
      for (const node of nodes) {
        const profile = PROFILES[node.type];
        if (!profile) continue;
        const { address, port } = profile;
        assert.deepEqual([node[address], node['port'], node['credentials']], ['127.0.0.1', port, undefined]);
      }
      assert.equal(nodes.find(({ type }) => type !== 'tab')?.type, 'comment', 'a comment comes first');
    });
  }

  it('01 delivers to sources of both profiles over one connection', async () => {
    const { broker, example } = await runMqtt(teardown, '01 - One connection, many nodes.json');
    const [temperatures, everything] = [example.got('temperatures'), example.got('everything of the plant')];
    await waitFor(() => temperatures.length >= 1 && everything.length >= 1, 'a temperature at both sources');
    assert.equal(temperatures[0]?.topic, 'plant/1/temperature');
    assert.equal(typeof temperatures[0]?.payload, 'number');
    assert.equal(everything[0]?.payload, temperatures[0]?.payload);
    assert.equal(broker.count('CONNECT'), 1);
  });

  it('02 answers a request at its response topic', async () => {
    const { broker, example } = await runMqtt(teardown, '02 - Request and response.json');
    example.click('what time is it?');
    const answers = example.got('answer');
    await waitFor(() => answers.length >= 1, 'the answer');
    assert.equal(answers[0]?.topic, 'service/clock/answer');
    assert.ok(!Number.isNaN(Date.parse(String(answers[0]?.payload))), 'the answer is a time');
    assert.ok(Buffer.isBuffer(answers[0]?.['correlationData']));
    assert.equal(broker.count('CONNECT'), 1);
  });

  it('03 shares the orders among the consumers of a group and gives them all to another group', async () => {
    const { server, example } = await runRedis(teardown, '03 - Redis stream with a consumer group.json');
    const client = await server.client();
    // The groups begin with what is new, so nothing counts that comes before them.
    await waitForAsync(async () => (await client.exists('example:orders')) === 1, 'the stream');
    await waitForAsync(
      async () => ((await client.xinfo('GROUPS', 'example:orders')) as unknown[]).length === 2,
      'both groups',
    );
    for (let order = 0; order < 6; order += 1) example.click('a new order');
    const [cook1, cook2, bills] = [example.got('cook 1'), example.got('cook 2'), example.got('bills')];
    await waitFor(() => bills.length === 6 && cook1.length + cook2.length === 6, 'six orders and six bills');
    const payloads = (messages: readonly NodeMessageInFlow[]) => messages.map(({ payload }) => JSON.stringify(payload));
    assert.deepEqual(payloads([...cook1, ...cook2]).toSorted(), payloads(bills).toSorted());
    assert.match(payloads(bills)[0] ?? '', /"dish":"soup"/);
    for (const group of ['kitchen', 'bills']) {
      await waitForAsync(
        async () => (await client.xpending('example:orders', group))[0] === 0,
        `all entries of ${group} to be acknowledged`,
      );
    }
    assert.ok((await server.sockets()) <= 2, 'two sockets at most');
  });

  it('04 stores by a command, adds it by a lookup, and counts by a script', async () => {
    const { server, example } = await runRedis(teardown, '04 - Redis lookup, command and script.json');
    const got = async (name: string, count: number) => {
      const messages = example.got(name);
      await waitFor(() => messages.length >= count, `${count} messages at "${name}"`);
      return messages;
    };
    example.click('store machine 7');
    assert.equal((await got('fields added', 1))[0]?.payload, 2);
    example.click('reading of machine 7');
    const [reading] = await got('reading with machine', 1);
    assert.deepEqual(reading?.payload, { machine: 7, celsius: 21.5 });
    assert.deepEqual({ ...(reading?.['about'] as object) }, { name: 'press', hall: 'A' });
    example.click('reading of machine 8');
    assert.deepEqual((await got('unknown machine', 1))[0]?.payload, { machine: 8, celsius: 19 });
    for (let time = 0; time < 4; time += 1) example.click('may I?');
    const answers = (await got('yes or no', 4)).map(({ payload }) => String(payload));
    assert.deepEqual(answers.slice(0, 3), ['yes, number 1', 'yes, number 2', 'yes, number 3']);
    assert.match(answers[3] ?? '', /^no, wait \d+ s$/);
    assert.equal(await server.sockets(), 1);
  });

  it('05 sends and receives events of EdgeX over the connection of plain MQTT nodes', async () => {
    const { broker, example } = await runMqtt(teardown, '05 - EdgeX events.json');
    const [events, temperatures, wire] = [
      example.got('events'),
      example.got('temperatures'),
      example.got('on the wire'),
    ];
    await waitFor(() => events.length >= 1 && temperatures.length >= 1 && wire.length >= 1, 'an event everywhere');
    const [event] = events as unknown as { topic: string; payload: Record<string, unknown>; meta: EventMeta }[];
    assert.equal(event?.topic, 'edgex/events/device/node-red/boiler/boiler-1/state');
    assert.deepEqual(
      Object.values(event?.payload ?? {}).map((value) => typeof value),
      ['number', 'boolean', 'number'],
    );
    assert.equal(event?.meta.readings?.['temperature']?.['units'], 'Cel');
    assert.equal(temperatures[0]?.payload, event?.payload['temperature']);
    assert.equal(broker.count('CONNECT'), 1);
  });

  it('06 reads and writes a device by commands, and shows what fails', async () => {
    const { broker, example } = await runMqtt(teardown, '06 - EdgeX commands.json');
    for (const button of ['read the boiler', 'read an unknown device', '60 degrees']) example.click(button);
    const [states, written, errors] = [example.got('state'), example.got('written'), example.got('errors')];
    await waitFor(() => states.length === 1 && written.length === 1 && errors.length === 1, 'all answers');
    assert.deepEqual(states[0]?.payload, { temperature: 65.5 });
    assert.equal((written[0] as unknown as { meta: { statusCode: number } }).meta.statusCode, 200);
    assert.match(errorText(errors[0]), /The read command "state" of device "nobody" failed: device nobody not found$/);
    assert.equal(broker.count('CONNECT'), 1);
  });

  it('09 tells that the broker is there, is gone and why, and answers the button', async () => {
    const { broker, example } = await runMqtt(teardown, '09 - Pool status.json');
    const [words, whole] = [example.got('in words'), example.got('the whole')];
    const told = (sentence: RegExp) => words.some(({ payload }) => sentence.test(String(payload)));
    await waitFor(() => told(/^mqtt:\/\/127\.0\.0\.1:\d+ is connected \(2 nodes use it\)$/), 'the connection');
    await waitFor(() => example.got('heartbeats').length > 0, 'a heartbeat');
    await broker.halt();
    await waitFor(() => told(/ is waiting: .+ \(2 nodes use it\)$/), 'the loss');
    const before = whole.length;
    example.click('how is it now?');
    await waitFor(() => whole.length > before, 'the answer');
    assert.match(JSON.stringify(whole.at(-1)?.payload), /"profiles":\[{"id":"\w+","name":"broker on loopback"}\]/);
  });

  it('07 switches a lamp with a request, and shows that another is not there', async () => {
    const example = await runHttp(teardown, '07 - HTTP sink.json');
    const answers = example.got('answer');
    example.click('switch the lamp on');
    await waitFor(() => answers.length >= 1, 'the answer');
    assert.deepEqual([answers[0]?.['statusCode'], answers[0]?.payload], [200, { lamp: 'kitchen', on: true }]);
    example.click('a lamp that is not there');
    await waitFor(() => answers.length >= 2, 'the other answer');
    assert.deepEqual([answers[1]?.['statusCode'], answers[1]?.payload], [404, { error: 'no such lamp' }]);
  });

  it('08 sends each event once', async () => {
    const example = await runHttp(teardown, '08 - HTTP source.json');
    const events = example.got('event');
    for (let event = 1; event <= 3; event += 1) {
      example.click('something happens');
      await waitFor(() => events.length >= event, `event ${event}`);
    }
    assert.deepEqual(
      events.map(({ payload }) => (payload as { id: number }).id),
      [1, 2, 3],
    );
  });

  it('10 goes on saying that nothing is lost, over deploys', async () => {
    const { broker, example } = await runMqtt(teardown, '10 - Surviving a deploy.json');
    const check = example.got('check');
    for (let deploy = 0; deploy < 5; deploy += 1) {
      const before = check.length;
      await waitFor(() => check.length > before + 2, 'numbers between deploys');
      await example.deploy();
    }
    const before = check.length;
    await waitFor(() => check.length > before, 'numbers after the last deploy');
    assert.match(String(check.at(-1)?.payload), /^\d\d+ received, 0 lost, 0 twice$/);
    assert.equal(broker.count('CONNECT'), 1);
  });

  it('11 delivers the readings of an outage in order, marked', async () => {
    const directory = useUserDirectory(teardown);
    const { broker, example } = await runMqtt(teardown, '11 - Outage and outbox.json');
    const [readings, waited] = [example.got('readings'), example.got('waited on disk')];
    await waitFor(() => readings.length >= 1, 'a reading');
    await broker.halt();
    await waitFor(() => directory.outboxes.length === 1, 'readings to be kept on disk');
    example.click('a reading');
    await broker.start();
    await waitFor(() => waited.length >= 1, 'what waited');
    const numberOf = (message?: NodeMessageInFlow) => (message?.payload as { number: number } | undefined)?.number ?? 0;
    await waitFor(() => numberOf(readings.at(-1)) >= 4, 'what is new');
    const numbers = readings.map(numberOf);
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => index + 1),
    );
  });
});
