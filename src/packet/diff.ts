import { dissect, type ShownLayer } from './dissect.js';
import { layerLines, layerTitle } from './text.js';

/**
 * How two packets differ, header by header and field by field: lines with `-` are expected, lines with `+` were found.
 * Headers that are alike are only named.
 *
 * @returns undefined when they are the same.
 */
export function diffPackets(expected: Uint8Array, found: Uint8Array, first = 'ethernet'): string | undefined {
  if (expected.length === found.length && expected.every((byte, at) => byte === found[at])) return undefined;
  const lines: string[] = [];
  if (expected.length !== found.length) lines.push(`- ${expected.length} bytes`, `+ ${found.length} bytes`);
  for (const [mine, theirs] of aligned(dissect(expected, first), dissect(found, first)))
    lines.push(...diffLayer(mine, theirs));
  return `${lines.join('\n')}\n`;
}

/** Pairs of layers of the same name, in order; what only one side has is alone. */
function aligned(
  a: readonly ShownLayer[],
  b: readonly ShownLayer[],
): [ShownLayer | undefined, ShownLayer | undefined][] {
  // Lengths of the longest common subsequence of names from each pair of places on.
  const common = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const same = a[i]?.name === b[j]?.name;
      (common[i] as number[])[j] = same ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: [ShownLayer | undefined, ShownLayer | undefined][] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i]?.name === b[j]?.name) pairs.push([a[i++], b[j++]]);
    else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) pairs.push([a[i++], undefined]);
    else pairs.push([undefined, b[j++]]);
  }
  return pairs;
}

function diffLayer(expected: ShownLayer | undefined, found: ShownLayer | undefined): string[] {
  if (expected === undefined || found === undefined) {
    const only = (expected ?? found) as ShownLayer;
    const sign = expected === undefined ? '+' : '-';
    return [layerTitle(only), ...layerLines(only).map(({ text }) => `  ${text}`)].map(
      (line) => `${sign} ${line}`,
    );
  }
  const theirs = new Map(layerLines(found).map(({ key, text }) => [key, text]));
  const lines: string[] = [];
  for (const { key, text } of layerLines(expected)) {
    const other = theirs.get(key);
    theirs.delete(key);
    if (other === text) continue;
    lines.push(`-   ${text}`);
    if (other !== undefined) lines.push(`+   ${other}`);
  }
  for (const text of theirs.values()) lines.push(`+   ${text}`);
  return [`  ${expected.name}`, ...lines];
}
