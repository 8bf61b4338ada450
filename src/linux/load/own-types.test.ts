import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileObject } from '../../compiler/node/index.js';
import { load } from '../../kernel/load.js';
import { parseObject } from '../../object/index.js';
import { bpfAvailability } from '../bpf.js';
import { LinuxKernel } from '../index.js';

const { available, reason } = bpfAvailability();

describe.skipIf(!available)(`objects that maps and programs share on Linux ${reason}`, () => {
  let kernel: LinuxKernel;
  beforeAll(() => {
    kernel = LinuxKernel.open();
  });
  afterAll(() => kernel.close());

  test('a map keeps objects of a type of the program’s own', async () => {
    const loaded = await load(parseObject(await compileObject('test/cases/linux/own_types.bpf.c')), kernel);
    const swap = async () => (await loaded.program('swap').run({ data: new Uint8Array(64) })).returnValue;
    expect([await swap(), await swap()]).toEqual([0, 42]);
  });

  test('an arena has its variables, and what is thrown goes through the program’s function', async () => {
    const spec = parseObject(new Uint8Array(readFileSync('test/cases/objects/arena.o')));
    const loaded = await load(spec, kernel);
    const count = async () => (await loaded.program('count').run({ ctx: new Uint8Array(0) })).returnValue;
    expect([await count(), await count()]).toEqual([7, 14]);
    expect((await loaded.program('thrown').run({ data: new Uint8Array(64) })).returnValue).toBe(1);
  });
});
