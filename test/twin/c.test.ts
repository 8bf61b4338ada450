import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseObject } from '../../src/object/index.js';
import {
  compileObject,
  kernelAvailability,
  programsOf,
  runInEngine,
  runInLinux,
  TWIN_CASES,
} from '../support/c-twin.js';
import { inputsOf } from '../support/twin-inputs.js';

/**
 * Every program of test/cases/twin, on every input of its kind, in the JIT, in the interpreter and in this machine's
 * kernel: the same r0, packet, context and maps.
 */
const { available, reason } = kernelAvailability;
const files = readdirSync(TWIN_CASES).filter((name) => name.endsWith('.bpf.c'));

describe.skipIf(!available).each(files)(`%s ${reason}`, (file) => {
  const spec = compileObject(file).then(parseObject);
  // Names are known before anything is compiled, so that each program is a test of its own.
  test.each(programsOf(file))('%s', async (name) => {
    const object = await spec;
    const type = object.programs.find((program) => program.name === name)?.type ?? '';
    for (const input of inputsOf(file, type)) {
      const linux = await runInLinux(object, name, input);
      expect(await runInEngine(object, name, input, 'jit'), 'the JIT').toEqual(linux);
      expect(await runInEngine(object, name, input, 'interpreter'), 'the interpreter').toEqual(linux);
    }
  });
});
