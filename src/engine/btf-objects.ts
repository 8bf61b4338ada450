import type { Btf } from '../btf/types.js';
import { writeBtf } from '../btf/write.js';
import { KernelError } from '../errors/errno.js';
import type { BtfInfo } from '../kernel/kernel.js';
import { MapObject } from './map-handle.js';
import type { ProgramObject } from './program-object.js';

/** What may have types: they live as long as an object that has them. */
type Holder = MapObject | ProgramObject;

/** The types of all maps and programs, ascending by id. */
export function btfInfos(holders: readonly Holder[]): BtfInfo[] {
  return [...byId(holders)]
    .sort(([a], [b]) => a - b)
    .map(([id, btf]) => ({ id, name: '', kernel: false, size: writeBtf(btf).length }));
}

/** @throws {KernelError} ENOENT */
export function btfById(holders: readonly Holder[], id: number): Btf {
  const btf = byId(holders).get(id);
  if (btf !== undefined) return btf;
  throw new KernelError('ENOENT', `there is no BTF with id ${id}`, {
    facts: { id },
    hint: 'list them with `skep btf show`',
  });
}

function byId(holders: readonly Holder[]): Map<number, Btf> {
  const found = new Map<number, Btf>();
  for (const holder of holders) {
    const isMap = holder instanceof MapObject;
    const id = isMap ? holder.btfId : holder.stamp.btfId;
    const btf = isMap ? holder.spec.btf : holder.parts.btf;
    if (id !== undefined && btf !== undefined) found.set(id, btf);
  }
  return found;
}
