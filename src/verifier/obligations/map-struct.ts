import { MAP_STRUCTS } from '../../maps/kernel-structs.js';
import type { Session } from '../explore/session.js';
import { kernelBtf, kernelStructId } from '../kernel-types/session-types.js';
import { walkStruct } from '../kernel-types/walk.js';
import { kernelStruct } from '../rules/kernel-struct.js';
import { mapPointerAccess } from '../rules/map-pointer-access.js';
import { privileges } from '../rules/privileges.js';
import { refuse } from '../rules/rule.js';
import type { RegAddr } from '../state/domain.js';
import { BTF_KERNEL, TYPE_BTF_ID } from '../state/layout.js';
import { setPlainPointer, setPointer, tagFlags } from './btf-pointer.js';
import { type Access, loadUnknown, mapOf } from './memory.js';

/** A load from the kernel's own struct of a map. @param off with the pointer's own offset. */
export function accessMapStruct(s: Session, access: Access, reg: RegAddr, off: number): void {
  const { type } = mapOf(s, reg);
  const struct = MAP_STRUCTS[type.name];
  if (struct === undefined)
    refuse(
      mapPointerAccess,
      s.at,
      { text: `map_ptr access not supported for map type ${type.id}` },
      'ENOTSUPP',
    );
  if (!s.rights.seesPointers) refuse(privileges, s.at, { problem: 'struct', struct: struct as string });
  if (off < 0)
    refuse(mapPointerAccess, s.at, {
      text: `R${access.regno} is ${struct} invalid negative access: off=${off}`,
    });
  if (access.stored !== undefined)
    refuse(mapPointerAccess, s.at, { text: `only read from ${struct} is supported` });
  const found = walkStruct(kernelBtf(s), kernelStructId(s, struct as string), off, access.size, false);
  if (found.kind === 'error') refuse(kernelStruct, s.at, { text: found.message }, found.errno);
  if (access.into < 0) return;
  if (found.kind === 'pointer')
    setPointer(s, access.into, TYPE_BTF_ID | tagFlags(found), found.type, BTF_KERNEL);
  else if (found.kind === 'plain_pointer') setPlainPointer(s, access.into);
  else loadUnknown(s, access);
}
