import { resolve } from '../../btf/index.js';
import { abnormalReturn } from '../rules/abnormal-return.js';
import { refuse } from '../rules/rule.js';
import type { VerifierProgram } from '../verify.js';
import type { Subprogram } from './shape.js';

/** Legacy loads and tail calls may end a subprogram with a number for its caller: it must return one. */
export function checkAbnormalReturns(program: VerifierProgram, subprograms: readonly Subprogram[]): void {
  for (const subprogram of subprograms.slice(1)) {
    const { hasLegacyLoad, hasTailCall, start } = subprogram;
    if (!hasLegacyLoad && !hasTailCall) continue;
    const what = hasLegacyLoad ? 'LD_ABS' : 'tail_call';
    if (program.btf === undefined) refuse(abnormalReturn, start, { what, btf: false });
    else if (!returnsNumber(program.btf, subprogram)) refuse(abnormalReturn, start, { what, btf: true });
  }
}

function returnsNumber(btf: NonNullable<VerifierProgram['btf']>, { funcType }: Subprogram): boolean {
  const func = btf.types.at(funcType);
  const proto = func?.kind === 'func' ? btf.types.at(func.type) : undefined;
  if (proto?.kind !== 'func_proto') return false;
  const type = btf.types.at(resolve(btf, proto.returns));
  return type?.kind === 'int' || type?.kind === 'enum' || type?.kind === 'enum64';
}
