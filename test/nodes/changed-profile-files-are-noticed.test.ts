import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileWatchOptions } from '../../src/runtime/named-profiles/file-watch';
import { ProfileFolder } from '../support/profile-folder';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

/** Events of the system alone, and comparing alone. */
const ways: Readonly<Record<string, FileWatchOptions>> = {
  'at once': { settleMillis: 20, pollMillis: 1_000_000 },
  'where the system tells nothing': { settleMillis: 20, pollMillis: 30, events: false },
};

for (const [way, watch] of Object.entries(ways)) {
  describe(`changed profile files are noticed ${way}`, () => {
    const teardown = useTeardown();
    const entry = (server: string) => `a: {type: mqtt, server: ${server}}`;

    function start(text?: string) {
      const folder = new ProfileFolder(teardown);
      if (text !== undefined) folder.write('site.yaml', text);
      const profiles = folder.open({ watch });
      const brokerOf = () => {
        try {
          return profiles.get('a', 'mqtt').given.settings['broker'];
        } catch {
          return undefined;
        }
      };
      const becomes = (broker: string | undefined) =>
        waitFor(
          () => brokerOf() === broker,
          () => `${String(broker)}; it is ${String(brokerOf())}`,
        );
      return { folder, profiles, becomes };
    }

    it('written in place, added and removed', async () => {
      const { folder, becomes } = start(entry('one'));
      await becomes('one');
      folder.write('site.yaml', entry('two'));
      await becomes('two');
      rmSync(folder.path('site.yaml'));
      await becomes(undefined);
      folder.write('other.json', '{"a": {"typ": "mqtt", "props": {"server": "three"}}}');
      await becomes('three');
    });

    it('replaced by another file, again and again', async () => {
      const { folder, becomes } = start(entry('one'));
      for (const server of ['two', 'three', 'four']) {
        const path = folder.path('site.yaml');
        writeFileSync(`${path}.tmp`, entry(server));
        renameSync(`${path}.tmp`, path);
        await becomes(server);
      }
    });

    it('swapped with their folder, as Kubernetes mounts them', async () => {
      const { folder, becomes } = start();
      const connections = dirname(folder.path('x'));
      const fill = (version: string) => {
        mkdirSync(join(connections, version), { recursive: true });
        writeFileSync(join(connections, version, 'site.yaml'), entry(version));
        symlinkSync(version, join(connections, '..data_tmp'));
        renameSync(join(connections, '..data_tmp'), join(connections, '..data'));
      };
      fill('..v1');
      symlinkSync(join('..data', 'site.yaml'), join(connections, 'site.yaml'));
      await becomes('..v1');
      fill('..v2');
      rmSync(join(connections, '..v1'), { recursive: true });
      await becomes('..v2');
    });

    it('in a folder that comes and goes', async () => {
      const { folder, becomes } = start();
      folder.write('site.yaml', entry('one'));
      await becomes('one');
      rmSync(dirname(folder.path('x')), { recursive: true });
      await becomes(undefined);
      folder.write('site.yaml', entry('two'));
      await becomes('two');
      folder.write('site.yaml', entry('three'));
      await becomes('three');
    });

    it('and only those are told whose settings are others now', async () => {
      const { folder, profiles, becomes } = start('a: {type: mqtt, server: one}\nb: {type: mqtt, server: h}');
      const told: string[] = [];
      for (const id of ['a', 'b', 'c']) profiles.onChange(id, () => told.push(id));
      folder.write(
        'site.yaml',
        '# moved\nb: {typ: mqtt, props: {broker: "tcp://h:1883", keepalive: 60}}\n\na: {type: mqtt, server: two}',
      );
      await becomes('two');
      assert.deepEqual(told, ['a', 'c'], 'and who waits for an unknown profile');
    });
  });
}
