import type { ReturnRange } from '../../hooks/hook.js';
import type { Session } from '../explore/session.js';
import { kernelBtf, plainType } from '../kernel-types/session-types.js';
import { implementedMember } from '../kernel-types/struct-ops.js';
import { typeText } from '../log/state-text.js';
import { markPrecise } from '../prune/precision.js';
import { pointerLeak } from '../rules/pointer-leak.js';
import { returnType } from '../rules/return-type.js';
import { returnValue } from '../rules/return-value.js';
import { refuse } from '../rules/rule.js';
import type { RegAddr } from '../state/domain.js';
import { ASYNCHRONOUS, FRAME_CALLBACK, FRAME_RETURN_MAX, FRAME_RETURN_MIN } from '../state/layout.js';

const S64_MIN = -(1n << 63n);
const S64_MAX = (1n << 63n) - 1n;

/**
 * The end of the program, or of a global function: a register holds what may be returned.
 *
 * @param regno r0; of a program that ends by bpf_throw, r1.
 */
export function checkResult(s: Session, regno = 0): void {
  const began = s.shape.subprograms[s.memory.subprog(s.memory.frame(s.path.state, 0))];
  const endsProgram = began === undefined || began.index === 0 || began.isExceptionCallback;
  if (endsProgram && s.program.structOps !== undefined) {
    checkMemberResult(s, regno);
    return;
  }
  const result = s.checkReadable(regno);
  const { memory } = s;
  if (!s.rights.seesPointers && !memory.isScalar(result))
    refuse(pointerLeak, s.at, { problem: 'return', reg: regno });
  if (memory.word(s.frame + FRAME_CALLBACK) === ASYNCHRONOUS) {
    const min = memory.word(s.frame + FRAME_RETURN_MIN);
    const max = memory.word(s.frame + FRAME_RETURN_MAX);
    checkNumber(s, 'At async callback return', regno, { min, max });
    return;
  }
  // What counts is where the walk began: a static function of the program ends the program.
  if (!endsProgram) {
    if (!memory.isScalar(result)) {
      const type = typeText(memory.type(result));
      refuse(returnType, s.at, { exit: 'At subprogram exit', reg: regno, type, subprogram: true });
    }
    return;
  }
  const { returns } = s.view;
  if (returns === undefined) return;
  checkNumber(s, 'At program exit', regno, returns);
}

/** Of a member of a struct of functions: nothing, anything, or, where it returns a pointer, null. */
function checkMemberResult(s: Session, regno: number): void {
  const implemented = implementedMember(s);
  if (implemented === undefined || implemented.returns === 0) return;
  s.checkReadable(regno);
  if (plainType(kernelBtf(s), implemented.returns).kind !== 'ptr') return;
  checkNumber(s, 'At program exit', regno, { min: 0, max: 0 });
}

function checkNumber(s: Session, exit: string, regno: number, { min, max, low32 }: ReturnRange): void {
  const { memory } = s;
  const result = s.reg(regno);
  if (!memory.isScalar(result))
    refuse(returnType, s.at, { exit, reg: regno, type: typeText(memory.type(result)) });
  markPrecise(s, regno);
  const fits =
    low32 === true
      ? memory.smin32(result) >= min && memory.smax32(result) <= max
      : s.ops.fitsRange(result, min, max) !== 0;
  if (fits) return;
  refuse(returnValue, s.at, { exit, reg: regno, ...scalarFacts(s, result), min, max });
}

/** The signed bounds of a scalar, where it has any. */
export function scalarFacts(s: Session, reg: RegAddr): { readonly smin?: bigint; readonly smax?: bigint } {
  const smin = s.memory.smin(reg);
  const smax = s.memory.smax(reg);
  return { ...(smin === S64_MIN ? {} : { smin }), ...(smax === S64_MAX ? {} : { smax }) };
}
