import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandLines } from '../../src/cli/commands/batch.js';
import { engineSupport } from '../../src/cli/features/engine.js';
import { report, reportMacros } from '../../src/cli/features/report.js';
import { COMMANDS } from '../../src/cli/table.js';
import { HELPER_NAMES } from '../../src/helpers/names.js';
import { mayCall } from '../../src/helpers/registry.js';
import { bpfAvailability } from '../../src/linux/bpf.js';
import { LinuxEnvironment, LinuxSupport } from '../../src/linux/index.js';
import { Cli, ensureBuilt } from '../support/cli.js';

let cli: Cli;
beforeAll(async () => {
  await ensureBuilt();
  cli = new Cli();
}, 180_000);
afterAll(() => cli.dispose());

const queue = (name: string, type: string) =>
  `map create /sys/fs/bpf/${name} type ${type} value 4 entries 2 name ${name}`;

describe('batch', () => {
  test('takes words as bpftool does', () => {
    expect(commandLines('# nothing\n\nmap show # all\nprog load "a b.o" \'/sys/x\' \\\n type xdp\n')).toEqual(
      [
        ['map', 'show'],
        ['prog', 'load', 'a b.o', '/sys/x', 'type', 'xdp'],
      ],
    );
  });

  test('runs lines until one fails, and answers what each did', async () => {
    const file = join(cli.folder, 'lines');
    const at = 'pinned /sys/fs/bpf/q';
    const lines = [
      queue('q', 'queue'),
      `map push ${at} value 1 2 3 4`,
      `map peek ${at}`,
      `map pop ${at}`,
      'map show id 99',
      'version',
    ];
    writeFileSync(file, lines.join('\n'));
    const { status, stdout } = await cli.run('-j', 'batch', 'file', file);
    const value = { key: [], value: ['0x01', '0x02', '0x03', '0x04'] };
    expect({
      status,
      outputs: (JSON.parse(stdout) as { output: unknown }[]).map(({ output }) => output),
    }).toEqual({
      status: 1,
      outputs: [null, null, value, value, { error: 'get map by id (99): No such file or directory' }],
    });
    writeFileSync(file, `map peek ${at}\nbatch file x\n`);
    expect(await cli.run('batch', 'file', file)).toEqual({
      status: 1,
      stdout: 'key:\n\n\nNot found\n',
      stderr: '',
    });
    expect(await cli.shell(`echo version | $SKEP batch file -`)).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('what the engine does not have', () => {
  test.each([
    [
      'cgroup show /x',
      "'cgroup show' is for a real kernel: the engine attaches to cgroups by links, which skep link show lists",
    ],
    [
      'cgroup tree',
      "'cgroup tree' is for a real kernel: the engine attaches to cgroups by links, which skep link show lists",
    ],
    [
      'perf show',
      "'perf show' is for a real kernel: the engine has no perf events; skep link show lists what is attached",
    ],
    [
      'prog tracelog',
      "'prog tracelog' is for a real kernel: what programs of the engine print goes to standard error of the command that runs them",
    ],
    [
      'prog profile id 1 cycles',
      'prog profile is not there: it counts with hardware events, by programs of its own',
    ],
    [
      'struct_ops register test/cases/objects/struct_ops.o',
      "'struct_ops register' is for a real kernel: the engine has no kernel functions in whose place programs could be called",
    ],
    [
      'feature probe dev eth0',
      'feature probe dev is not there: it asks network cards that run BPF themselves',
    ],
  ])('%s is refused by name', async (line, message) => {
    const { status, stdout, stderr } = await cli.run(...line.split(' '));
    expect({ status, stdout, stderr: stderr.split('\n')[0] }).toEqual({
      status: 1,
      stdout: '',
      stderr: `Error: ${message}`,
    });
    expect(stderr.split('\n').length).toBeLessThanOrEqual(3);
  });

  test('an attach type that does not exist has the nearest one named', async () => {
    expect(await cli.run('cgroup', 'attach', '/x', 'cgroup_inet4_conect', 'id', '1')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        "Error: invalid attach type 'cgroup_inet4_conect'\nHint: Did you mean cgroup_inet4_connect? Usage: skep cgroup attach CGROUP ATTACH-TYPE PROG [{ multi | override }]\n",
    });
  });
});

describe('feature probe', () => {
  test('tells of the engine what its registries say', () => {
    const found = report(engineSupport(), true);
    expect(found.programTypes.find(({ name }) => name === 'xdp')?.has).toBe(true);
    expect(found.helpers.find(({ type }) => type === 'xdp')?.names).toContain('bpf_trace_printk');
    expect(report(engineSupport(), false).helpers.find(({ type }) => type === 'xdp')?.names).not.toContain(
      'bpf_trace_printk',
    );
    expect(reportMacros(found, 'MY_')).toContain(
      '#define MY_BPF__PROG_TYPE_xdp__HELPER_bpf_map_lookup_elem 1\n',
    );
  });

  const { available, reason } = bpfAvailability();
  test.skipIf(!available)(
    `finds by trying what was measured of Linux ${available ? '' : `(skipped: ${reason})`}`,
    () => {
      const support = new LinuxSupport(new LinuxEnvironment());
      for (const type of ['socket_filter', 'xdp', 'sched_cls', 'cgroup_skb', 'raw_tracepoint']) {
        // Those that sleep are known to these types, but not callable by programs that may not sleep.
        const measured = [...HELPER_NAMES.keys()].filter(
          (id) => id > 0 && mayCall(type, id) === true && !HELPER_NAMES[id]?.startsWith('copy_from_user'),
        );
        expect({ type, helpers: support.helpers(type) }).toEqual({ type, helpers: measured });
      }
      expect(support.hasProgramType('struct_ops')).toBe(true);
      expect(support.hasMapType('task_storage')).toBe(true);
      expect([support.hasLargePrograms, support.hasBoundedLoops, support.hasIsaV2, support.hasIsaV3]).toEqual(
        [true, true, true, true],
      );
    },
  );
});

describe('completions', () => {
  const complete = (...words: string[]): string[] => {
    const script = `source completions/skep.bash; cd /; COMP_WORDS=(skep "$@"); COMP_CWORD=$#; _skep; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' })
      .trim()
      .split('\n');
  };

  test('know commands, words and options', () => {
    expect(complete('pro')).toContain('prog');
    expect(complete('prog', 'sh')).toEqual(['show']);
    expect(complete('-j', 'map', 'update', 'id', '3', 'k')).toEqual(['key']);
    expect(complete('gen', 'skeleton', 'x.o', '--')).toEqual(['--ts']);
    expect(complete('--kernel', '')).toEqual(['engine', 'linux']);
  });

  test('and man pages hold every command', () => {
    const page = readFileSync('man/skep.1', 'utf8');
    for (const file of ['completions/skep.bash', 'completions/_skep', 'completions/skep.fish']) {
      const text = readFileSync(file, 'utf8');
      for (const { path } of COMMANDS) expect(text).toContain(path.at(-1));
    }
    for (const { path } of COMMANDS) expect(page).toContain(`skep ${path[0].replaceAll('-', '\\-')}`);
  });
});
