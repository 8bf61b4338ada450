import { typesOfKind } from '../btf/index.js';
import type { Btf } from '../btf/types.js';

const TAG = 'exception_callback:';

/**
 * The names of the functions that a program says make its result of what it throws (`__exception_cb`): one, unless
 * the program is wrong.
 *
 * @param funcType the id of the program's own function in the BTF. Since Linux 6.7.
 */
export function exceptionCallbacks(btf: Btf | undefined, funcType: number): string[] {
  if (btf === undefined || funcType === 0) return [];
  return [...typesOfKind(btf, 'decl_tag')]
    .map(([, tag]) => tag)
    .filter(
      ({ type, componentIndex, name }) => type === funcType && componentIndex === -1 && name.startsWith(TAG),
    )
    .map(({ name }) => name.slice(TAG.length));
}
