import {
  ALU_OPS,
  type AtomicOp,
  BRANCH_OPS,
  type InvalidInsn,
  type Operand,
  type Operation,
  type Reg,
  type Width,
} from '../../isa/index.js';

const ALU = new Map<string, string>(ALU_OPS.map(({ name, symbol }) => [name, symbol]));
const BRANCH = new Map<string, string>(BRANCH_OPS.map(({ name, symbol }) => [name, symbol]));

const hex = (value: number | bigint) =>
  value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
const plus = (value: number) => (value < 0 ? `-0x${(-value).toString(16)}` : `+0x${value.toString(16)}`);
const register = (reg: Reg, width: Width) => `${width === 32 ? 'w' : 'r'}${reg}`;
const operand = (src: Operand, width: Width) =>
  src.kind === 'imm' ? hex(src.imm) : register(src.reg, width);
const place = (base: Reg, off: number) => `(r${base} ${off < 0 ? '-' : '+'} 0x${Math.abs(off).toString(16)})`;

/** An instruction as LLVM's disassembler writes it, without the name of where a jump goes. */
export function operationText(operation: Operation | InvalidInsn): string {
  switch (operation.kind) {
    case 'alu': {
      const { op, width, dst, src } = operation;
      return `${register(dst, width)} ${ALU.get(op)} ${operand(src, width)}`;
    }
    case 'movsx': {
      const { width, bits, dst, src } = operation;
      return `${register(dst, width)} = (s${bits})${register(src, width)}`;
    }
    case 'neg':
      return `${register(operation.dst, operation.width)} = -${register(operation.dst, operation.width)}`;
    case 'end':
      return `r${operation.dst} = ${operation.to}${operation.bits} r${operation.dst}`;
    case 'addr_space_cast': {
      const { dst, src, toSpace, fromSpace } = operation;
      return `r${dst} = addr_space_cast(r${src}, ${hex(toSpace)}, ${hex(fromSpace)})`;
    }
    case 'goto':
      return `${operation.wide ? 'gotol' : 'goto'} ${plus(operation.offset)}`;
    case 'may_goto':
      return `may_goto ${plus(operation.offset)}`;
    case 'branch': {
      const { op, width, dst, src, offset } = operation;
      return `if ${register(dst, width)} ${BRANCH.get(op)} ${operand(src, width)} goto ${plus(offset)}`;
    }
    case 'call_helper':
      return `call ${hex(operation.id)}`;
    case 'call_local':
      return `call ${hex(operation.offset)}`;
    case 'call_kfunc':
      return `call ${hex(operation.btfId)}`;
    case 'call_register':
      return `callx r${operation.reg}`;
    case 'exit':
      return 'exit';
    case 'load': {
      const { bytes, signed, dst, base, off } = operation;
      return `r${dst} = *(${signed ? 's' : 'u'}${bytes * 8} *)${place(base, off)}`;
    }
    case 'store': {
      const { bytes, base, off, src } = operation;
      return `*(u${bytes * 8} *)${place(base, off)} = ${operand(src, 64)}`;
    }
    case 'atomic':
      return atomicText(operation);
    case 'ld_imm64':
      return `r${operation.dst} = ${hex((BigInt(operation.high) << 32n) | BigInt(operation.low >>> 0))} ll`;
    case 'ld_abs':
      return `r0 = *(u${operation.bytes * 8} *)skb[${hex(operation.imm)}]`;
    case 'ld_ind':
      return `r0 = *(u${operation.bytes * 8} *)skb[r${operation.src}]`;
    case 'invalid':
      return '<unknown>';
    default:
      return operation satisfies never;
  }
}

const LOCKED: Partial<Record<AtomicOp, string>> = { add: '+=', and: '&=', or: '|=', xor: '^=' };

function atomicText({ op, fetch, bytes, base, off, src }: Extract<Operation, { kind: 'atomic' }>): string {
  const bits = bytes * 8;
  const width: Width = bytes === 8 ? 64 : 32;
  const value = register(src, width);
  const at = place(base, off);
  const pair = at.slice(1, -1);
  const exchange = width === 64 ? '_64' : '32_32';
  switch (op) {
    case 'load_acquire':
      return `${value} = load_acquire((u${bits} *)${at})`;
    case 'store_release':
      return `store_release((u${bits} *)${at}, ${value})`;
    case 'xchg':
      return `${value} = xchg${exchange}(${pair}, ${value})`;
    case 'cmpxchg':
      return `${register(0, width)} = cmpxchg${exchange}(${pair}, ${register(0, width)}, ${value})`;
    default:
      return fetch
        ? `${value} = atomic_fetch_${op}((u${bits} *)${at}, ${value})`
        : `lock *(u${bits} *)${at} ${LOCKED[op]} r${src}`;
  }
}
