import { findByName } from '../../btf/index.js';
import { exceptionCallbacks } from '../../object/exception-callback.js';
import { exception } from '../rules/exception.js';
import { refuse } from '../rules/rule.js';
import type { VerifierProgram } from '../verify.js';

/**
 * Where the function starts that makes the program's result of what it throws; undefined when it names none.
 *
 * @throws {Refusal} when the program names something else than one global function of its own.
 */
export function exceptionCallbackStart({ btf, subprograms }: VerifierProgram): number | undefined {
  const main = subprograms.find(({ start }) => start === 0);
  if (btf === undefined || main === undefined) return undefined;
  const [name, ...others] = exceptionCallbacks(btf, main.funcType);
  if (name === undefined) return undefined;
  if (others.length > 0) refuse(exception, 0, { problem: 'several' }, 'EEXIST');
  const id = findByName(btf, name, 'func');
  const func = id === undefined ? undefined : btf.types.at(id);
  if (func?.kind !== 'func') return refuse(exception, 0, { problem: 'unknown', name }, 'ENOENT');
  if (func.linkage !== 'global') refuse(exception, 0, { problem: 'static', name });
  const starts = subprograms.filter(({ funcType }) => funcType === id).map(({ start }) => start);
  const start = starts.at(-1);
  if (start === 0) refuse(exception, 0, { problem: 'start' });
  return start ?? refuse(exception, 0, { problem: 'missing' });
}
