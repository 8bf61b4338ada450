import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { execCommand } from '../../src/cli/exec.js';
import { assemble, encodeInsns } from '../../src/isa/index.js';
import { parseDataFile } from '../support/data-file.js';

/** Folders of `.data` files: beside the checkout or the repository it belongs to, and what SKEP_CONFORMANCE names. */
const here = dirname(fileURLToPath(import.meta.url));
const beside = ['../../../shared/conformance', '../../../../shared/conformance'].map((path) =>
  join(here, path),
);
const named = process.env['SKEP_CONFORMANCE']?.split(':') ?? [];
const folders = [...beside, ...named].filter((folder) => existsSync(folder));
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.data'))
    .map((name) => [name, join(folder, name)] as const),
);

/** The program of a file as the runner hands it to a plug-in. */
function bytecode(raw: readonly bigint[], asm: string): string {
  const bytes = raw.length > 0 ? new Uint8Array(BigUint64Array.from(raw).buffer) : encodeInsns(assemble(asm));
  return hex(bytes);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `${byte.toString(16).padStart(2, '0')} `).join('');
}

test.skipIf(files.length === 0)(
  `conformance vectors are there (else: neither ${beside.join(' nor ')} is there, nor does SKEP_CONFORMANCE name a folder)`,
  () => {
    expect(files.length).toBeGreaterThan(0);
  },
);

describe.skipIf(files.length === 0).each(['interpreter', 'jit'])('public conformance suite, %s', (engine) => {
  test.each(files)('%s', async (_name, path) => {
    const { raw, asm, mem, result } = parseDataFile(readFileSync(path, 'utf8'));
    let output = '';
    const status = await execCommand([hex(mem), '--engine', engine], {
      stdin: async () => new TextEncoder().encode(bytecode(raw, asm)),
      stdout: (text) => {
        output += text;
      },
      stderr: (text) => {
        output += text;
      },
    });
    expect([status, output]).toEqual([0, `0x${result?.toString(16)}\n`]);
  });
});
