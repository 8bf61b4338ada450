import { expect, test } from 'vitest';
import { kernelRefusal } from '../../support/kernel-verifier.js';
import { compareObject, type Row } from './compare.js';
import { thisKernel } from './subject.js';

const refusal = kernelRefusal();
const rowsOf = (name: string): Row[] => [...compareObject(`test/cases/objects/${name}.o`, thisKernel())];

test.skipIf(refusal !== undefined)(
  `objects with maps, global data and subprograms get the kernel's verdict, words and counts ${refusal ?? ''}`,
  () => {
    const rows = ['syn_count', 'data', 'own_pinning', 'same_section', 'arena'].flatMap(rowsOf);
    expect(rows.map(({ program, outcome, ours }) => [program, outcome, ours])).toEqual(
      rows.map(({ program }) => [program, 'agree', undefined]),
    );
    expect(rows.length).toBeGreaterThan(4);
  },
);

test.skipIf(refusal !== undefined)(
  `a file that is no object is untried, and says why ${refusal ?? ''}`,
  () => {
    const [row] = [...compareObject('test/cases/objects/build.sh', thisKernel())];
    expect(row).toMatchObject({ outcome: 'untried', program: '' });
    expect(row?.ours).toContain('ELF');
  },
);
