/** The list of commands that the editor completes agrees with a real server and with what may be sent where. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unshareable } from '../../src/drivers/redis/unshareable';
import { packageRoot } from '../support/package-root';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';

interface Listed {
  readonly name: string;
  readonly args: string;
  readonly summary: string;
  readonly own?: true;
}

const listed = JSON.parse(readFileSync(join(packageRoot, 'resources', 'redis-commands.json'), 'utf8')) as Listed[];
const byName = new Map(listed.map((command) => [command.name, command]));

describe('the commands that the editor knows', () => {
  const teardown = useTeardown();

  it('are all those of the server', async () => {
    const redis = await teardown.stopLater(await startRedis()).client();
    const names = ((await redis.call('COMMAND', 'LIST')) as string[]).map((name) =>
      name.toUpperCase().replace('|', ' '),
    );
    const isContainer = (name: string) => listed.some((command) => command.name.startsWith(`${name} `));
    const missing = names.filter((name) => !byName.has(name) && !isContainer(name) && !name.endsWith(' HELP'));
    assert.deepEqual(missing, []);
  });

  it('are each there once, in order, with a summary in one line', () => {
    assert.equal(byName.size, listed.length);
    assert.deepEqual(
      listed.map(({ name }) => name),
      [...byName.keys()].toSorted(),
    );
    assert.deepEqual(
      listed.filter(({ summary }) => !/^[A-Z].{4,110}[^.]$/.test(summary)).map(({ name }) => name),
      [],
    );
  });

  it('say which of them need a connection of their own', () => {
    const refused = ({ name }: Listed) => {
      const [word = '', ...args] = name.split(' ');
      return unshareable({ name: word, args }, false)?.code === 'REDIS_UNSHAREABLE';
    };
    const said = listed.filter(({ own }) => own);
    assert.deepEqual(
      said.map(({ name }) => name),
      listed.filter(refused).map(({ name }) => name),
    );
  });
});
