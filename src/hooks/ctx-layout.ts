import type { CtxLayout } from './hook.js';

/** The members of a uapi struct: name, offset and size in bytes, in order of offset. */
export function ctxLayout(
  struct: string,
  size: number,
  members: readonly (readonly [name: string, offset: number, size: number])[],
): CtxLayout {
  return { struct, size, fields: members.map(([name, offset, bytes]) => ({ name, offset, size: bytes })) };
}
