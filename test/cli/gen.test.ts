import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBtf, writeBtf } from '../../src/btf/index.js';
import { linuxBtf } from '../../src/btf/linux/linux-btf.js';
import { bpftool, noBpftool } from '../support/bpftool.js';
import { Cli, ensureBuilt } from '../support/cli.js';
import { TRACER } from '../support/example-objects.js';

let cli: Cli;
beforeAll(async () => {
  await ensureBuilt();
  cli = new Cli();
}, 180_000);
afterAll(() => cli.dispose());
const inFolder = (name: string): string => join(cli.folder, name);
const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(path));

describe('gen min_core_btf', () => {
  const objects = ['core', 'kernel_symbols'].map((name) => `test/cases/objects/${name}.o`);
  beforeAll(async () => writeFileSync(inFolder('kernel.btf'), writeBtf(await linuxBtf())));

  test('keeps the members that CO-RE records reach, at their places', async () => {
    await cli.ok('gen', 'min_core_btf', inFolder('kernel.btf'), inFolder('min.btf'), ...objects);
    const { types } = readBtf(bytesOf(inFolder('min.btf')));
    const [task] = [...types].filter((type) => type.kind === 'struct' && type.name === 'task_struct');
    const [whole] = [...(await linuxBtf()).types].filter(
      (type) => type.kind === 'struct' && type.name === 'task_struct',
    );
    expect(task).toMatchObject({ size: whole?.kind === 'struct' ? whole.size : undefined });
    expect(types.length).toBeLessThan(100);
  });

  test.skipIf(noBpftool !== '')(`writes what bpftool writes ${noBpftool}`, async () => {
    bpftool('gen', 'min_core_btf', inFolder('kernel.btf'), inFolder('theirs.btf'), ...objects);
    expect(bpftool('btf', 'dump', 'file', inFolder('min.btf'))).toBe(
      bpftool('btf', 'dump', 'file', inFolder('theirs.btf')),
    );
  });

  test('refuses an object without types', async () => {
    const outcome = await cli.run(
      ...['gen', 'min_core_btf', inFolder('kernel.btf'), inFolder('none.btf')],
      'test/cases/objects/legacy.o',
    );
    expect(outcome).toEqual({
      status: 1,
      stdout: '',
      stderr:
        "Error: test/cases/objects/legacy.o has no types to fit to a kernel's\nHint: compile it with -g\n",
    });
    expect(() => readFileSync(inFolder('none.btf'))).toThrow('ENOENT');
  });
});

describe('gen object', () => {
  test('links objects and C sources, and replaces its output whole', async () => {
    const output = inFolder('linked.o');
    writeFileSync(output, 'old');
    await cli.ok('gen', 'object', output, TRACER);
    await cli.ok('prog', 'load', output, '/sys/fs/bpf/linked');
    const before = bytesOf(output);
    const { status, stderr } = await cli.run('gen', 'object', output, TRACER, 'package.json');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'Error: package.json: this is no ELF file: it does not start with 7f 45 4c 46\nHint: give an object file, as made by clang -target bpf -c\n',
    });
    expect(bytesOf(output)).toEqual(before);
  });
});

describe('gen skeleton', () => {
  test('writes C or TypeScript, named after the file or as it is told', async () => {
    expect(await cli.ok('gen', 'skeleton', TRACER)).toContain('#ifndef __TCP_SYN_TRACER_BPF_SKEL_H__\n');
    expect(await cli.ok('gen', 'subskeleton', TRACER, 'name', 'tracer')).toContain(
      'static inline struct tracer *tracer__open(const struct bpf_object *src)\n',
    );
    expect(await cli.ok('gen', 'skeleton', TRACER, 'name', 'tracer', '--ts')).toContain(
      'readonly my_syn_counts: $TypedMap<',
    );
  });

  test.each<[string[], number, string]>([
    [
      ['skeleton', TRACER, 'name', '1x'],
      1,
      "Error: '1x' is no name for a skeleton\nHint: A name of C has letters, digits and _, at most 63. Say it: name NAME.\n",
    ],
    [
      ['skeleton', TRACER, 'type', 'evnt', '--ts'],
      1,
      'Error: type evnt has no type for TypeScript: the object does not have it; compilers leave out what nothing names\nHint: name it in the program: struct evnt *unused_evnt __attribute__((unused));\n',
    ],
    [['skelton', TRACER], 2, "Error: 'gen' has no command 'skelton'\nHint: Did you mean skeleton?\n"],
  ])('refuses gen %j', async (args, status, stderr) => {
    expect(await cli.run('gen', ...args)).toEqual({ status, stdout: '', stderr });
  });
});
