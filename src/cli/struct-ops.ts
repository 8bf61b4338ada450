import { nameOf, typeAt } from '../btf/index.js';
import type { BpfMap, Kernel, MapInfo } from '../kernel/kernel.js';
import { CommandError } from './failure.js';
import { takeMaps } from './select.js';
import type { Words } from './words.js';

/** A map of type struct_ops. */
export interface StructOpsMap {
  readonly id: number;
  readonly name: string;
  /** The kernel's struct of functions that it fills; '' when its types are not known. */
  readonly struct: string;
  readonly map: BpfMap;
  readonly info: MapInfo;
}

/** All of a kernel, or those that the words name. */
export async function structOpsMaps(words: Words, kernel: Kernel): Promise<StructOpsMap[]> {
  const isChosen = words.left > 0;
  const maps = isChosen ? await takeMaps(words, kernel) : await kernel.maps();
  words.end();
  const found: StructOpsMap[] = [];
  for (const map of maps) {
    const info = await map.info();
    if (info.type !== 'struct_ops') {
      if (isChosen)
        throw new CommandError(`map ${info.id} is a ${info.type}, not a struct_ops map`, {
          hint: 'List those: struct_ops show.',
        });
      continue;
    }
    const type = info.btf === undefined || !info.valueType ? undefined : typeAt(info.btf, info.valueType);
    const struct = type === undefined ? '' : nameOf(type).replace(/^bpf_struct_ops_/, '');
    found.push({ id: info.id, name: info.name, struct, map, info });
  }
  return found;
}
