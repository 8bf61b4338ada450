import { spawn, spawnSync } from 'node:child_process';
import { on } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseObject } from '../../src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'skep-compile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `skep compile` on a source, in a folder of the test's own. */
function compile(source: string, ...args: string[]) {
  writeFileSync(join(folder, 'prog.bpf.c'), source);
  const skep = join(process.cwd(), 'bin/skep');
  const { status, stdout, stderr } = spawnSync(process.execPath, [skep, 'compile', 'prog.bpf.c', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const GOOD = `#include <bpf/bpf_helpers.h>
#include "near.h"
SEC("socket") int prog(void *ctx) { return NUMBER + WANTED; }
char _license[] SEC("license") = "GPL";
`;

test('writes an object, and what it depends on', () => {
  writeFileSync(join(folder, 'near.h'), '#define NUMBER 40\n');
  expect(compile(GOOD, '-DWANTED=2', '-MMD', '-O2', '-g', '-o', 'out.o')).toEqual({
    status: 0,
    stdout: '',
    stderr: '',
  });
  const spec = parseObject(new Uint8Array(readFileSync(join(folder, 'out.o'))));
  expect(spec.programs.map(({ name, insns }) => [name, insns.length])).toEqual([['prog', 2]]);
  expect(readFileSync(join(folder, 'out.d'), 'utf8')).toBe('out.o: prog.bpf.c \\\n  near.h\n');
  expect(compile(GOOD, '-DWANTED=2', '--emit=asm').stdout).toContain('\tw0 = 0x2a\n');
});

test('takes bitcode that another front end made', () => {
  writeFileSync(join(folder, 'near.h'), '#define NUMBER 40\n');
  expect(compile(GOOD, '-DWANTED=2', '--emit=bitcode', '-o', 'made.bc').stderr).toBe('');
  const skep = join(process.cwd(), 'bin/skep');
  const { status, stderr } = spawnSync(process.execPath, [skep, 'compile', 'made.bc'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const spec = parseObject(new Uint8Array(readFileSync(join(folder, 'made.o'))));
  expect(spec.programs.map(({ name, insns }) => [name, insns.length])).toEqual([['prog', 2]]);
});

test.each([
  ['#include "nope.h"\n', `prog.bpf.c:1:10: fatal error: 'nope.h' file not found`],
  ['int f(int x) { return x * 1.5; }\n', 'prog.bpf.c:1:23: error: BPF has no floating point'],
  ['int f(int x) { return x / 3; }\n', 'prog.bpf.c:1:25: error: signed division and remainder need -mcpu=v4'],
  [
    'int f(int (*p)(int)) { return p(3); }\n',
    'prog.bpf.c:1:31: error: a function is called through a pointer',
  ],
  [
    '#include <bpf/bpf_helpers.h>\nint f(void *c) { char big[600]; bpf_probe_read_kernel(big, 600, c); return big[3]; }\n',
    `error: 'f' needs 600 bytes of stack, and BPF has 512: 'big' takes 600`,
  ],
])('says what is wrong and where: %j', (source, message) => {
  const { status, stderr } = compile(source);
  expect(stderr).toContain(message);
  expect(status).toBe(1);
});

test('--watch compiles again when the source or a header changes, and goes on after errors', async () => {
  writeFileSync(join(folder, 'near.h'), '#define NUMBER 40\n');
  writeFileSync(join(folder, 'prog.bpf.c'), GOOD);
  const args = ['compile', 'prog.bpf.c', '-DWANTED=2', '-o', 'watched.o', '--watch'];
  const skep = spawn(process.execPath, [join(process.cwd(), 'bin/skep'), ...args], { cwd: folder });
  const said = async (words: string): Promise<void> => {
    for await (const [text] of on(skep.stderr, 'data', { signal: AbortSignal.timeout(30_000) }))
      if (`${text}`.includes(words)) return;
  };
  const result = () => {
    const [program] = parseObject(new Uint8Array(readFileSync(join(folder, 'watched.o')))).programs;
    return program?.insns[0]?.imm;
  };
  try {
    await said('compiled');
    expect(result()).toBe(42);
    writeFileSync(join(folder, 'near.h'), '#define NUMBER many\n');
    await said('has errors');
    expect(result()).toBe(42);
    writeFileSync(join(folder, 'near.h'), '#define NUMBER 5\n');
    await said('compiled');
    expect(result()).toBe(7);
  } finally {
    skep.kill();
  }
});

test('a wrong option is a wrong usage', () => {
  const { status, stdout, stderr } = compile(GOOD, '-mcpu=v9');
  expect(`${stdout}${stderr}`).toContain('-mcpu=v9 is unknown');
  expect(status).toBe(2);
});
