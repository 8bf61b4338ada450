import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Cli, canUnshareMounts, ensureBuilt } from '../support/cli.js';
import { TRACER } from '../support/example-objects.js';
import { synCapture } from '../support/syn-capture.js';

let cli: Cli;
beforeAll(ensureBuilt, 180_000);
beforeEach(() => {
  cli = new Cli();
});
afterEach(() => cli.dispose());

const create = (name: string): string[] => [
  'map',
  'create',
  `/sys/fs/bpf/${name}`,
  'type',
  'hash',
  'key',
  '4',
  'value',
  '4',
  'entries',
  '64',
];
const failure = (stderr: string, status = 1) => ({ status, stdout: '', stderr });

describe('a command line that makes no sense', () => {
  test.each<[string[], number, string]>([
    [['prgo', 'show'], 2, "Error: there is no command 'prgo'\nHint: Did you mean prog?\n"],
    [['prog', 'shwo'], 2, "Error: 'prog' has no command 'shwo'\nHint: Did you mean show?\n"],
    [
      ['map', 'show', 'idd', '3'],
      2,
      "Error: expected 'id', 'name' or 'pinned', got 'idd'\nHint: Did you mean id? Usage: skep map { show | list } [MAP]\n",
    ],
    [['map', 'show', 'id', '-3'], 2, ''],
    [
      ['prog', 'show', 'id', '9'],
      1,
      'Error: get by id (9): No such file or directory\nHint: there is no prog with id 9. list them with `skep prog show`.\n',
    ],
    [['prog', 'load', '/dev/null', '/sys/fs/bpf/x'], 1, ''],
    [['prog', 'load', 'none', '/sys/fs/bpf/x'], 1, 'Error: failed to open none: No such file or directory\n'],
    [['replay', '/dev/null', '--rate', '0'], 2, ''],
    [
      ['--kernel', 'linus', 'map', 'show'],
      2,
      "Error: --kernel is 'linus', but a kernel is 'engine' or 'linux'\n",
    ],
    [['--frob'], 2, ''],
  ])('%j fails with one clear line', async (args, status, stderr) => {
    const outcome = await cli.run(...args);
    expect(outcome.status).toBe(status);
    expect(outcome.stdout).toBe('');
    expect(outcome.stderr).toMatch(/^Error: [^\n]+\n(?:Hint: [^\n]+\n)?$/);
    if (stderr !== '') expect(outcome.stderr).toBe(stderr);
  });

  test('fails in JSON on standard output with -j', async () => {
    expect(await cli.run('-j', 'prog', 'show', 'id', '9')).toEqual({
      status: 1,
      stdout: '{"error":"get by id (9): No such file or directory"}\n',
      stderr: '',
    });
  });

  test.skipIf(process.platform !== 'linux')(
    'says when its output cannot be written (needs /dev/full)',
    async () => {
      expect(await cli.shell('$SKEP --help > /dev/full')).toEqual(
        failure('Error: cannot write the output: ENOSPC\n'),
      );
    },
  );

  test('does not fail because nobody reads the output', async () => {
    expect((await cli.shell('$SKEP --help | true; $SKEP map show | true')).stderr).toBe('');
  });
});

describe('a root that cannot be used', () => {
  test('is named when it is a file', async () => {
    writeFileSync(cli.root, 'x');
    const message = `Error: the root ${cli.root} is a file, not a folder\n`;
    expect((await cli.run(...create('m'))).stderr).toContain(message);
    expect((await cli.run('map', 'show')).stderr).toMatch(
      /^Error: cannot read .*root: a file is where a folder should be\n/,
    );
  });

  test('is refused when it holds other things', async () => {
    mkdirSync(cli.root);
    writeFileSync(join(cli.root, 'thesis.tex'), '');
    expect(await cli.run(...create('m'))).toEqual(
      failure(
        `Error: ${cli.root} is not a skep root: it holds thesis.tex\nHint: Choose an empty or new folder with SKEP_ROOT.\n`,
      ),
    );
    expect(readdirSync(cli.root)).toEqual(['thesis.tex']);
  });

  test('is named with the file that is damaged', async () => {
    await cli.ok(...create('m'));
    const path = join(cli.root, 'map-1.1');
    writeFileSync(path, readFileSync(path).subarray(1));
    expect((await cli.run('map', 'show')).stderr).toMatch(
      /^Error: .*map-1.1 is damaged: it has \d+ bytes instead of \d+\nHint: /,
    );
  });

  test.skipIf(!canUnshareMounts())('keeps its state on a full disk (needs mount namespaces)', async () => {
    const outcome = await cli.shell(
      `set -e; mkdir "$SKEP_ROOT"; mount -t tmpfs -o size=64k,mode=700 tmpfs "$SKEP_ROOT"
       $SKEP ${create('small').join(' ')}
       $SKEP map update name small key 1 1 1 1 value 2 2 2 2
       if $SKEP map create /sys/fs/bpf/big type array key 4 value 4096 entries 64; then exit 9; fi
       $SKEP -j map show; $SKEP -j map lookup name small key 1 1 1 1
       $SKEP map update name small key 1 1 1 1 value 3 3 3 3; ls "$SKEP_ROOT" | grep -c map-`,
      ['unshare', '-m'],
    );
    expect(outcome.stderr).toMatch(/^Error: no space left on the disk of [^\n]+\nHint: [^\n]+\n$/);
    const [maps, entry, files] = outcome.stdout.split('\n');
    expect(JSON.parse(maps!)).toMatchObject([{ id: 1, name: 'small' }]);
    expect(JSON.parse(entry!)).toMatchObject({ value: ['0x02', '0x02', '0x02', '0x02'] });
    expect(files).toBe('1');
  });

  test.skipIf(!canUnshareMounts())(
    'can be read when it is read-only, and not written (needs mount namespaces)',
    async () => {
      await cli.ok(...create('m'));
      const outcome = await cli.shell(
        'mount --bind -o ro "$SKEP_ROOT" "$SKEP_ROOT"; $SKEP -j map show; $SKEP map freeze id 1; echo $?',
        ['unshare', '-m'],
      );
      expect(outcome.stdout).toMatch(/^\[\{"id":1,.*\n1\n$/);
      expect(outcome.stderr).toMatch(
        /^Error: cannot write [^\n]+: its file system is read-only\nHint: [^\n]+\n$/,
      );
    },
  );

  test.skipIf(process.platform !== 'linux')(
    'is refused where no folder can be made, as in /proc (needs Linux)',
    async () => {
      const outcome = await cli.shell(`SKEP_ROOT=/proc/skep/root timeout 20 $SKEP ${create('m').join(' ')}`);
      expect(outcome.status).toBe(1);
      expect(outcome.stderr).toMatch(/^Error: [^\n]*\/proc\/skep\/root[^\n]*\nHint: [^\n]+\n$/);
    },
  );

  test.skipIf(process.getuid?.() !== 0)(
    'is named when permissions forbid it (needs another user to be)',
    async () => {
      mkdirSync(cli.root);
      chmodSync(cli.root, 0o555);
      chmodSync(cli.folder, 0o755);
      const outcome = await cli.shell(`setpriv --reuid 65534 --clear-groups $SKEP ${create('m').join(' ')}`);
      expect(outcome).toEqual(
        failure(
          `Error: cannot write ${cli.root}: permission denied\nHint: Give yourself write access to it, or choose another folder with SKEP_ROOT.\n`,
        ),
      );
    },
  );
});

describe('a kill at any moment', () => {
  test('leaves what finished commands wrote, and at most one more', async () => {
    await cli.ok(...create('m'));
    let known = 0;
    const value = async (): Promise<number> => {
      const { stdout } = await cli.run('-j', 'map', 'lookup', 'id', '1', 'key', '1', '0', '0', '0');
      return stdout === 'null\n' ? 0 : Number((JSON.parse(stdout) as { value: string[] }).value[0]);
    };
    // Deterministic spread over the whole life of a command, from its start to after its end.
    for (let i = 0; i < 16; i++) {
      const next = known + 1;
      const child = cli.start(
        'map',
        'update',
        'id',
        '1',
        'key',
        '1',
        '0',
        '0',
        '0',
        'value',
        String(next),
        '0',
        '0',
        '0',
      );
      const exited = once(child, 'exit');
      const finished = await Promise.race([exited.then(() => true), sleep(60 + i * 20, false)]);
      child.kill('SIGKILL');
      const [code] = await exited;
      const now = await value();
      if (finished && code === 0) expect(now).toBe(next);
      else expect([known, next]).toContain(now);
      known = now;
    }
  }, 120_000);

  test('of a replay that serves is no obstacle to the next command', async () => {
    await cli.ok('prog', 'load', TRACER, '/sys/fs/bpf/t');
    const capture = join(cli.folder, 'c.pcap');
    writeFileSync(capture, synCapture(3000, 3).bytes);
    for (let i = 0; i < 4; i++) {
      const child = cli.start('replay', capture, '--rate', '1000', '--loop');
      const exited = once(child, 'exit');
      await sleep(100 + i * 150);
      child.kill('SIGKILL');
      await exited;
      await cli.ok('map', 'update', 'id', '1', 'key', String(i), '0', '0', '0', 'value', '1', '0', '0', '0');
    }
    expect(await cli.json('map', 'dump', 'id', '1')).toHaveLength(4);
    const sockets = readdirSync(cli.root).filter((name) => name.startsWith('socket'));
    expect(sockets.length).toBeLessThanOrEqual(1);
  });
});

test('commands at the same time wait for each other, from the first on', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const outcomes = await Promise.all(names.map((name) => cli.run(...create(name))));
  expect(outcomes.map(({ status }) => status)).toEqual([0, 0, 0, 0, 0]);
  const maps = (await cli.json('map', 'show')) as { id: number; name: string }[];
  expect(maps.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
  expect(maps.map(({ name }) => name).sort()).toEqual(names);
});

test('--help names every command, and --version the version', async () => {
  const help = await cli.ok('--help');
  for (const word of ['prog load', 'map dump', 'replay FILE', 'link detach']) expect(help).toContain(word);
  expect(await cli.ok('-V')).toMatch(/^skep v\d/);
  expect(execFileSync(process.execPath, ['bin/skep', 'map', 'help'], { encoding: 'utf8' })).toContain(
    'map freeze MAP',
  );
});
