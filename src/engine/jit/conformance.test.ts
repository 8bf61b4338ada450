import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseDataFile } from '../../../test/support/data-file.js';
import { expectSameOutcome, runJit } from '../../../test/support/same-outcome.js';
import { assemble } from '../../isa/index.js';

/** Beside the checkout, or beside the repository whose work tree it is. */
const FOLDERS = ['../shared/conformance', '../../shared/conformance'].map(
  (path) => new URL(`../../../${path}/`, import.meta.url),
);
const folder = FOLDERS.find((url) => existsSync(url));

describe.skipIf(folder === undefined)('conformance vectors (skipped where the folder is absent)', () => {
  const files = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith('.data'));
  test.each(files)('compiled code gives the result of %s', (name) => {
    const { asm, mem, result } = parseDataFile(readFileSync(new URL(name, folder), 'utf8'));
    if (asm.trim() === '' || result === undefined) return;
    const insns = assemble(asm);
    expectSameOutcome({ insns, data: mem });
    expect(runJit({ insns, data: mem, sharedMemory: true }).r0).toBe(result);
  });
});
