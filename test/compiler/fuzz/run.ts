import { Engine } from '../../../src/engine/engine.js';
import type { Kernel } from '../../../src/kernel/kernel.js';
import { type LoadedObject, load } from '../../../src/kernel/load.js';
import { LinuxKernel } from '../../../src/linux/index.js';
import type { ObjectSpec } from '../../../src/object/spec.js';

/** What came of a program on all packets. */
export interface Outcome {
  readonly loaded: boolean;
  /** r0, packet and maps of each run; or why it was not loaded. */
  readonly text: string;
  /** Instructions that the verifier walked through. */
  readonly processed: number;
}

export type Runner = 'linux' | 'jit' | 'interpreter';

/** The verifier's log level that ends with how many instructions it walked through. */
const STATISTICS = 4;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Packets for a seed: zeros, and noise. */
function packets(seed: number): Uint8Array[] {
  return [0, 255, 255, 127].map((mask, round) =>
    Uint8Array.from(
      { length: 64 + round * 8 },
      (_, at) => (Math.imul(seed + round * 77 + at, 2654435761) >>> 13) & mask,
    ),
  );
}

/** Opens a kernel; several programs may run in one. */
export async function openKernel(runner: Runner): Promise<Kernel> {
  return runner === 'linux' ? LinuxKernel.open() : Engine.create({ engine: runner });
}

/** Loads one program of an object with maps of its own, and runs it on packet after packet. */
export async function outcomeOf(
  kernel: Kernel,
  spec: ObjectSpec,
  program: string,
  seed: number,
): Promise<Outcome> {
  let object: LoadedObject;
  let log = '';
  const onLog = (_: string, text: string) => {
    log = text;
  };
  try {
    object = await load(spec, kernel, { programs: [program], logLevel: STATISTICS, onLog });
  } catch (error) {
    return { loaded: false, text: `${String(error)} ${lastLines(error)}`, processed: 0 };
  }
  try {
    // The other programs of the file have maps of their own.
    const own = (name: string) => name === 'outcome' || name.startsWith(`t${seed}_`);
    const names = spec.maps.map(({ name }) => name).filter(own);
    const texts: string[] = [];
    for (const data of packets(seed)) {
      const { returnValue, data: after } = await object.program(program).run({ data });
      const maps = await Promise.all(names.map((name) => contents(object, name)));
      texts.push(`${returnValue}/${hex(after)}/${maps.join('/')}`);
    }
    const processed = Number(/processed (\d+) insns/.exec(log)?.[1] ?? 0);
    return { loaded: true, text: texts.join('\n'), processed };
  } finally {
    await object.close();
  }
}

async function contents(object: LoadedObject, name: string): Promise<string> {
  const rows: string[] = [];
  for await (const [key, value] of object.map(name).raw.entries()) rows.push(`${hex(key)}=${hex(value)}`);
  return rows.sort().join(',');
}

/** The verifier's last words, where there are some. */
function lastLines(error: unknown): string {
  const { log } = (error as { facts?: { log?: unknown } }).facts ?? {};
  return typeof log === 'string' ? log.trim().split('\n').slice(-3).join(' | ') : '';
}
