import { readdirSync } from 'node:fs';
import type { LinuxKernel } from '../../src/linux/index.js';
import { type Place, places } from './places.js';

/** What a process holds of the kernel. */
export interface Holdings {
  readonly descriptors: number;
  /** Programs, maps and links of ours that live, by their names. */
  readonly programs: number;
  readonly maps: number;
}

/**
 * Makes a map, loads two programs, attaches one at each kind of place in turn, puts the other in its place and lets go of
 * everything, again and again.
 *
 * @param name of the maps and programs: nobody else's.
 * @returns how often.
 */
export async function churn(
  kernel: LinuxKernel,
  name: string,
  cgroup: string,
  times: number,
  until: number,
): Promise<number> {
  const all = places(cgroup);
  let turns = 0;
  for (; turns < times && Date.now() < until; turns++) {
    const place = all[turns % all.length] as Place;
    const map = await kernel.createMap({
      name,
      type: 'array',
      keySize: 4,
      valueSize: 8,
      maxEntries: 1,
      flags: 0,
      pinning: 'none',
    });
    const first = await kernel.loadProgram(place.program(name));
    const second = await kernel.loadProgram(place.program(name));
    const { target, end } = await place.make(kernel);
    const link = await kernel.attach(first, target);
    await link.update(second);
    await link.detach();
    await first.close();
    await second.close();
    await end();
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
