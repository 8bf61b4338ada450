import { expect, vi } from 'vitest';
import type { ExpectedEntries } from './maps.js';
import { matchers } from './match/matchers.js';
import { type Outcome, outcome } from './match/outcome.js';

// Keeps the import in the declarations: without it TypeScript may merge with an interface of its own making.
export type { Assertion } from 'vitest';

/** What `import 'skep/test/vitest'` adds to vitest's `expect`. */
export interface BpfMatchers<R = unknown> {
  /** The packet is this one after the run. */
  toLeavePacket(expected: Uint8Array): R;
  /** The packet is after the run what it was before. */
  toLeavePacketAlone(): R;
  /** The program sent these records through a map, in this order, and no others. */
  toSend(map: string, expected: readonly Uint8Array[]): R;
  /** The program printed a line with `bpf_printk`. */
  toPrint(expected: string | RegExp): R;
  /** The map has these entries and no others; of arrays, all others are 0. Await it. */
  toHaveMap(expected: ExpectedEntries): Promise<R>;
  /** The map has these entries, and maybe others. Await it. */
  toHaveEntries(expected: ExpectedEntries): Promise<R>;
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: vitest's own declaration, which this one must match
  interface Matchers<T = any> extends BpfMatchers<T> {}
  // biome-ignore lint: as above, with its type parameter
  interface Assertion<T = any> {
    /**
     * The program returned a value, given as a number or by the name that its type has for it: `XDP_DROP`. Without one,
     * vitest's own: the mock function returned.
     */
    toReturn(expected?: string | number): void;
  }
}

expect.extend({ ...matchers, toReturn });

/** vitest has a `toReturn` of its own, for mock functions. */
function toReturn(received: unknown, expected?: string | number): Outcome {
  if (expected !== undefined || !vi.isMockFunction(received))
    return matchers.toReturn(received, expected as string | number);
  return outcome(
    received.mock.results.some(({ type }) => type !== 'throw'),
    () => `${received.getMockName()} was to return, and did not`,
    () => `${received.getMockName()} was not to return, and did`,
  );
}
