import type { BranchCoverage, Coverage, FileCoverage } from './coverage.js';

export interface LcovOptions {
  /** Which files to tell of; default all. */
  readonly include?: (path: string) => boolean;
  /** The path to write for a file; default as the compiler noted it. */
  readonly rename?: (path: string) => string;
}

/** Coverage in lcov's format (`geninfo(1)`), which genhtml, Codecov, Coveralls and editors read. */
export function lcov(coverage: Coverage, options: LcovOptions = {}): string {
  const { include = () => true, rename = (path) => path } = options;
  return [...coverage.files]
    .filter(([path]) => include(path))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, file]) => record(rename(path), file))
    .join('');
}

function record(path: string, file: FileCoverage): string {
  const functions = [...file.functions.values()].sort((a, b) => a.line - b.line);
  const branches = [...file.branches.values()].sort((a, b) => a.line - b.line);
  const lines = [...file.lines].sort(([a], [b]) => a - b);
  const ways = branches.flatMap(({ taken, notTaken }) => [taken, notTaken]);
  return [
    'TN:',
    `SF:${path}`,
    ...functions.map(({ line, name }) => `FN:${line},${name}`),
    ...functions.map(({ name, calls }) => `FNDA:${calls},${name}`),
    `FNF:${functions.length}`,
    `FNH:${functions.filter(({ calls }) => calls > 0n).length}`,
    ...branchLines(branches),
    `BRF:${ways.length}`,
    `BRH:${ways.filter((count) => count > 0n).length}`,
    ...lines.map(([line, count]) => `DA:${line},${count}`),
    `LF:${lines.length}`,
    `LH:${lines.filter(([, count]) => count > 0n).length}`,
    'end_of_record',
    '',
  ].join('\n');
}

/** A jump is a block of its line, with two ways: taken, and not. `-`: never came there. */
function branchLines(branches: readonly BranchCoverage[]): string[] {
  const blocks = new Map<number, number>();
  return branches.flatMap(({ line, taken, notTaken }) => {
    const block = blocks.get(line) ?? 0;
    blocks.set(line, block + 1);
    const reached = taken + notTaken > 0n;
    return [taken, notTaken].map((count, way) => `BRDA:${line},${block},${way},${reached ? count : '-'}`);
  });
}
