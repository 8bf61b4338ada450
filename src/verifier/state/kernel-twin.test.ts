import { expect, test } from 'vitest';
import { kernelRefusal, kernelVerify } from '../../../test/support/kernel-verifier.js';
import { type ProgramShape, randomScalarProgram } from '../../../test/support/scalar-programs.js';
import { firstDifference } from '../../../test/support/scalar-walk.js';

const MAPS = [{ type: 2, keySize: 4, valueSize: 64, maxEntries: 1, name: 'm' }];
const refusal = kernelRefusal();
const PROGRAMS = Number(process.env['SKEP_TWIN_PROGRAMS'] ?? 150);
const FIRST_SEED = Number(process.env['SKEP_TWIN_SEED'] ?? 0);

/** Short programs reach many operations, long ones many paths and links. */
const SHAPES: readonly ProgramShape[] = [
  { length: 14 },
  { length: 40 },
  { length: 20, pointer: 'map_value' },
  { length: 20, pointer: 'packet' },
];
for (const shape of SHAPES) {
  test.skipIf(refusal !== undefined)(
    `every register of random programs ${JSON.stringify(shape)} holds what this kernel's log says${refusal === undefined ? '' : ` (skipped: ${refusal})`}`,
    () => {
      const differences: string[] = [];
      for (let seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
        const insns = randomScalarProgram(seed, shape);
        const progType = shape.pointer === 'packet' ? 'xdp' : 'socket_filter';
        const verdict = kernelVerify(insns, { progType, maps: MAPS });
        // Pointers may go further than Linux lets them; arithmetic alone is never refused.
        if (!verdict.ok && shape.pointer === undefined)
          differences.push(`seed ${seed}: ${verdict.log.slice(-300)}`);
        const difference = firstDifference(insns, verdict.log, verdict.ok);
        if (difference !== undefined) differences.push(`seed ${seed}: ${difference}`);
      }
      expect(differences).toEqual([]);
    },
  );
}
