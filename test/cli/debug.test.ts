import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ethernet, icmp, ipv4, packet, tcp } from '../../src/packet/index.js';
import { Cli, ensureBuilt, type Outcome } from '../support/cli.js';

const cli = new Cli();
const file = (name: string): string => join(cli.folder, name);

/** Types lines into the debugger from a pipe. */
function debug(
  lines: readonly string[],
  args = `${file('firewall.o')} firewall data_in ${file('ping')}`,
): Promise<Outcome> {
  writeFileSync(file('commands'), `${lines.join('\n')}\n`);
  return cli.shell(
    `$SKEP ${args.startsWith('-j') ? '-j ' : ''}debug ${args.replace('-j ', '')} < ${file('commands')}`,
  );
}

/** As `debug`, without what it says at the beginning and with the source's path cut. */
async function said(...lines: readonly string[]): Promise<string> {
  const { stdout, stderr, status } = await debug(lines);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout
    .split('\n')
    .slice(3)
    .join('\n')
    .replaceAll(/\/\S*firewall.bpf.c/g, 'firewall.bpf.c');
}

describe('skep debug', () => {
  beforeAll(async () => {
    await ensureBuilt();
    await cli.ok('compile', 'examples/firewall/firewall.bpf.c', '-o', file('firewall.o'));
    writeFileSync(file('ping'), packet(ethernet(), ipv4(), icmp({ id: 7 }), 'hello'));
    writeFileSync(file('syn'), packet(ethernet(), ipv4(), tcp({ flags: 'SYN' })));
  }, 180_000);
  afterAll(() => cli.dispose());

  test('stands before the first instruction, and runs to the end', async () => {
    const { stdout, status } = await debug(['continue']);
    expect(status).toBe(0);
    expect(stdout.split('\n').slice(1)).toEqual([
      expect.stringMatching(/^\d+\t\t.*ctx->data/),
      expect.stringMatching(/^=> 0: /),
      'the program returned XDP_TX (3)',
      '',
    ]);
  });

  test('stops in a function, shows its arguments and who called it', async () => {
    const text = await said('b answer_ping', 'c', 'args', 'backtrace', 'p r2');
    expect(text).toMatch(
      /^breakpoint 1 at instruction \d+\nbreakpoint 1\nanswer_ping\(\) at firewall\.bpf\.c:\d+\n/,
    );
    expect(text).toMatch(
      /struct ethhdr \*eth = 0x[0-9a-f]+\nstruct iphdr \*ip = 0x[0-9a-f]+\nstruct icmphdr \*icmp = /,
    );
    expect(text).toMatch(/#0 answer_ping\(\) at .*\n#1 firewall\(\) at /);
    expect(text).toMatch(/\nr2 = 0x[0-9a-f]+ \(\d+\) pkt packet\+14\n$/);
  });

  test('goes forward and back by lines', async () => {
    const lines = (text: string): string[] =>
      [...text.matchAll(/^(\d+)\t/gm)].map(([, line]) => line as string);
    const there = lines(await said('b answer_ping', 'c', 'next', 'next', 'next'));
    const back = lines(await said('b answer_ping', 'c', 'next 3', 'rn', 'rn', 'rn'));
    expect(back).toEqual([there[0], ...there.toReversed()]);
    expect(there).toHaveLength(4);
  });

  test('watches a map, decodes it, and takes back what was counted', async () => {
    expect(await said('watch verdicts 3', 'c', 'map verdicts', 'rsi', 'run', 'c')).toContain(
      'watch 1 on verdicts\nwatch 1: verdicts\n  was [0]\n  is  [1]\n',
    );
    const text = await said('set blocked 10.0.0.1 5', 'watch blocked 10.0.0.1', 'c', 'map blocked');
    expect(text).toMatch(/ {2}was 5\n {2}is {2}6\n[\s\S]*\n16777226: 6\n$/);
  });

  test('goes on after a wrong command from a pipe, says what is wrong, and exits with 1', async () => {
    const { stdout, status } = await debug(['stpe', 'b nowhere', 'map nothing', 'next x', 'c']);
    expect(status).toBe(1);
    expect(stdout).toContain("Error: there is no command 'stpe'\nHint: Did you mean step?\n");
    expect(stdout).toContain('Error: firewall has no function nowhere\n');
    expect(stdout).toContain('Error: there is no map nothing\n');
    expect(stdout).toMatch(/Error: can't parse x as a count\n[\s\S]*the program returned XDP_TX \(3\)\n$/);
  });

  test('answers in JSON, one line for each command', async () => {
    const { stdout } = await debug(
      ['b *0', 'stepi', 'regs', 'foo', 'c'],
      `-j ${file('firewall.o')} firewall data_in ${file('syn')}`,
    );
    const [start, broken, step, registers, failed, end] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(start).toMatchObject({
      stop: 'step',
      program: 'firewall',
      function: 'firewall',
      insn: 0,
      depth: 0,
    });
    expect(broken).toEqual({ breakpoint: 1, insns: [0] });
    expect(step).toMatchObject({ stop: 'step', insn: 1 });
    expect(registers[1]).toMatchObject({ name: 'r1', types: ['ctx'], points: 'ctx' });
    expect(failed).toMatchObject({ error: "there is no command 'foo'" });
    expect(end).toMatchObject({ stop: 'end', retval: 2, retname: 'XDP_PASS' });
    expect(end.data_out).toHaveLength(54);
  });

  test('repeats on the same packet, with breakpoints in every run', async () => {
    const args = `${file('firewall.o')} data_in ${file('ping')} repeat 3`;
    const { stdout } = await debug(['b answer_ping', 'c', 'c'], args);
    // The first run answers the ping, so that the second and third see an answer.
    expect(stdout).toMatch(
      /breakpoint 1\n[\s\S]*returned XDP_TX \(3\); the program runs again\nreturned XDP_PASS \(2\); the program runs again\nthe program returned XDP_PASS \(2\)\n$/,
    );
  });

  test('takes C, and says what is wrong with its arguments', async () => {
    const { stdout } = await debug(['c'], `examples/firewall/firewall.bpf.c data_in ${file('syn')}`);
    expect(stdout).toContain('the program returned XDP_PASS (2)');
    expect((await debug([], `${file('firewall.o')} wall`)).stderr).toContain(
      'the object has no program named wall',
    );
    expect((await debug([], `${file('firewall.o')} firewall`)).stderr).toContain('a test packet of 0 bytes');
    expect((await debug([], `${file('nothing')}`)).status).toBe(1);
    const linux = await cli.run('--kernel', 'linux', 'debug', file('firewall.o'));
    expect(linux.stderr).toContain('programs are debugged in the engine, not in Linux');
  });

  test('on a terminal it prompts, repeats the last command for an empty line, and colours', (context) => {
    const command = `${process.execPath} bin/skep debug ${file('firewall.o')} firewall data_in ${file('ping')}`;
    const { stdout, error } = spawnSync('script', ['-qec', command, '/dev/null'], {
      input: 'stepi\n\n\nquit\n',
      encoding: 'utf8',
      env: { ...process.env, SKEP_ROOT: cli.root, NO_COLOR: '', TERM: 'xterm' },
    });
    if (error !== undefined) return context.skip('script(1) is not installed');
    expect(stdout).toContain('(skep) ');
    for (const insn of [1, 2, 3]) expect(stdout).toContain(`\u001b[2m=> ${insn}: `);
  });
});
