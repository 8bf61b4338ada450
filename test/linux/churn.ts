import { readdirSync } from 'node:fs';
import type { LinuxKernel } from '../../src/linux/index.js';
import { asmProgram } from '../support/asm-program.js';

/** What a process holds of the kernel. */
export interface Holdings {
  readonly descriptors: number;
  /** Programs, maps and links of ours that live, by their names. */
  readonly programs: number;
  readonly maps: number;
}

const PASS = 'r1 = m0 ll\nr0 = 2\nexit';

/**
 * Makes a map, loads a program that uses it, attaches it to a device and lets go of everything, again and again.
 *
 * @param name of the maps and programs: nobody else's.
 * @returns how often.
 */
export async function churn(
  kernel: LinuxKernel,
  name: string,
  times: number,
  until: number,
): Promise<number> {
  let turns = 0;
  for (; turns < times && Date.now() < until; turns++) {
    const map = await kernel.createMap({
      name,
      type: 'array',
      keySize: 4,
      valueSize: 8,
      maxEntries: 1,
      flags: 0,
      pinning: 'none',
    });
    const program = await kernel.loadProgram({ ...asmProgram('xdp', PASS, [map]), name });
    const link = await kernel.attach(program, { kind: 'xdp', iface: 'eth0' });
    await link.detach();
    await program.close();
    await map.close();
  }
  return turns;
}

export async function holdings(kernel: LinuxKernel, name: string): Promise<Holdings> {
  const count = async (objects: Awaited<ReturnType<LinuxKernel['maps'] | LinuxKernel['programs']>>) => {
    const names = await Promise.all(
      objects.map(async (object) => {
        const info = await object.info();
        await object.close();
        return info.name;
      }),
    );
    return names.filter((one) => one === name).length;
  };
  return {
    programs: await count(await kernel.programs()),
    maps: await count(await kernel.maps()),
    descriptors: readdirSync('/proc/self/fd').length,
  };
}
