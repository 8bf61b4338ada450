import { expect, test } from 'vitest';
import { kernelRefusal, kernelVerify } from '../../../test/support/kernel-verifier.js';
import { randomScalarProgram } from '../../../test/support/scalar-programs.js';
import { firstDifference } from '../../../test/support/scalar-walk.js';

const MAPS = [{ type: 2, keySize: 4, valueSize: 64, maxEntries: 1, name: 'm' }];
const refusal = kernelRefusal();
const PROGRAMS = Number(process.env['SKEP_TWIN_PROGRAMS'] ?? 150);
const FIRST_SEED = Number(process.env['SKEP_TWIN_SEED'] ?? 0);

// Programs of 14 and 40 instructions: short ones reach many operations, long ones many paths and links.
for (const length of [14, 40]) {
  test.skipIf(refusal !== undefined)(
    `every register of random programs of length ${length} holds what this kernel's log says${refusal === undefined ? '' : ` (skipped: ${refusal})`}`,
    () => {
      const differences: string[] = [];
      for (let seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
        const insns = randomScalarProgram(seed, length);
        const verdict = kernelVerify(insns, { maps: MAPS });
        if (!verdict.ok) differences.push(`seed ${seed}: the kernel rejects it: ${verdict.log.slice(-300)}`);
        const difference = verdict.ok ? firstDifference(insns, verdict.log) : undefined;
        if (difference !== undefined) differences.push(`seed ${seed}: ${difference}`);
      }
      expect(differences).toEqual([]);
    },
  );
}
