import type { BtfType, BtfTypeId } from '../../btf/types.js';
import type { Subprogram } from '../control-flow/shape.js';
import type { Session } from '../explore/session.js';
import { callArguments } from '../rules/call-arguments.js';
import { refuse } from '../rules/rule.js';
import { unsupported } from '../rules/unsupported.js';
import { TYPE_CTX } from '../state/layout.js';
import { checkUnmodified } from './ctx.js';

/** What a global function takes in an argument, by its prototype. */
export type ArgumentKind = 'scalar' | 'ctx';

/** The prototype of a global function. @throws {Refusal} for what is not supported. */
export function argumentKinds(s: Session, callee: Subprogram): ArgumentKind[] {
  const proto = prototypeOf(s, callee);
  if (proto === undefined)
    return refuse(unsupported, s.at, { what: `global function ${callee.name} without BTF` });
  if (proto.params.length > 5)
    refuse(callArguments, s.at, {
      text: `Global function ${callee.name}() with ${proto.params.length} > 5 args. Buggy compiler.`,
    });
  return proto.params.map(({ type }) => {
    const argument = plain(s, type);
    if (argument?.kind === 'int' || argument?.kind === 'enum' || argument?.kind === 'enum64') return 'scalar';
    if (argument?.kind === 'ptr' && isContext(s, argument.type)) return 'ctx';
    return refuse(unsupported, s.at, { what: `pointer arguments of global function ${callee.name}` });
  });
}

function prototypeOf(s: Session, callee: Subprogram): (BtfType & { kind: 'func_proto' }) | undefined {
  const { btf } = s.program;
  const func = btf?.types[callee.funcType];
  const proto = func?.kind === 'func' ? btf?.types[func.type] : undefined;
  return proto?.kind === 'func_proto' ? proto : undefined;
}

/** The type without typedefs and qualifiers. */
function plain(s: Session, id: BtfTypeId): BtfType | undefined {
  let type = s.program.btf?.types[id];
  for (let steps = 0; steps < 64 && type !== undefined; steps++) {
    switch (type.kind) {
      case 'typedef':
      case 'const':
      case 'volatile':
      case 'restrict':
      case 'type_tag':
        type = s.program.btf?.types[type.type];
        break;
      default:
        return type;
    }
  }
  return undefined;
}

function isContext(s: Session, id: BtfTypeId): boolean {
  const type = plain(s, id);
  return (type?.kind === 'struct' || type?.kind === 'fwd') && type.name === s.program.hook.ctx.struct;
}

/** Whether callers find a value in r0. */
export function returnsValue(s: Session, callee: Subprogram): boolean {
  const proto = prototypeOf(s, callee);
  return proto === undefined || plain(s, proto.returns)?.kind !== 'void';
}

/** The caller passes what the prototype names. */
export function checkGlobalArguments(s: Session, callee: Subprogram): void {
  const passes = `Caller passes invalid args into func#${callee.index} ('${callee.name}')`;
  argumentKinds(s, callee).forEach((kind, index) => {
    const regno = index + 1;
    const reg = s.reg(regno);
    if (kind === 'scalar') {
      if (!s.memory.isScalar(reg))
        refuse(callArguments, s.at, { text: `R${regno} is not a scalar\n${passes}` });
      return;
    }
    if (s.memory.type(reg) !== TYPE_CTX)
      refuse(callArguments, s.at, { text: `R${regno} expects pointer to ctx\n${passes}` });
    checkUnmodified(s, regno, reg);
  });
}
