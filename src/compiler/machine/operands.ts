import type {
  MachineBase,
  MachineBlockId,
  MachineInstruction,
  MachineOperand,
  MachineOperation,
  VirtualRegister,
} from './instruction.js';

/** The register that an operation defines, if it defines one; inline assembly may define several. */
export function definitionOf(operation: MachineOperation): VirtualRegister | undefined {
  return 'dst' in operation ? operation.dst : undefined;
}

/** The registers that an operation reads; a phi's are read in its predecessors. */
export function usesOf(operation: MachineOperation): VirtualRegister[] {
  switch (operation.kind) {
    case 'alu':
      return [operation.left, ...ofOperand(operation.right)];
    case 'neg':
    case 'end':
    case 'movsx':
    case 'copy':
    case 'zext':
    case 'addr_space_cast':
      return [operation.src];
    case 'load':
      return ofBase(operation.base);
    case 'store':
      return [...ofBase(operation.base), ...ofOperand(operation.src)];
    case 'atomic':
      return [...ofBase(operation.base), ...(operation.src === undefined ? [] : [operation.src])];
    case 'cmpxchg':
      return [...ofBase(operation.base), operation.expected, operation.replacement];
    case 'packet-load':
      return [operation.context, ...(operation.index === undefined ? [] : [operation.index])];
    case 'call':
      return [
        ...operation.arguments,
        ...(operation.callee.kind === 'register' ? [operation.callee.reg] : []),
      ];
    case 'asm':
      return operation.operands.flatMap((operand) => {
        if (operand.kind === 'input' || operand.kind === 'tied') return [operand.reg];
        return operand.kind === 'memory' ? ofBase(operand.base) : [];
      });
    case 'phi':
      return operation.incoming.map(({ reg }) => reg);
    case 'branch':
      return [operation.left, ...ofOperand(operation.right)];
    case 'exit':
      return operation.value === undefined ? [] : [operation.value];
    case 'constant':
    case 'symbol':
    case 'slot-address':
    case 'argument':
    case 'goto':
    case 'unreachable':
      return [];
    default:
      return operation satisfies never;
  }
}

/** The operation with other registers in the places that it reads, phis included. */
export function withUses(
  operation: MachineInstruction,
  change: (reg: VirtualRegister) => VirtualRegister,
): MachineInstruction {
  const base = (of: MachineBase): MachineBase => (of.kind === 'reg' ? { ...of, reg: change(of.reg) } : of);
  const operand = (of: MachineOperand): MachineOperand =>
    of.kind === 'reg' ? { ...of, reg: change(of.reg) } : of;
  const maybe = (reg: VirtualRegister | undefined) => (reg === undefined ? undefined : change(reg));
  switch (operation.kind) {
    case 'alu':
    case 'branch':
      return { ...operation, left: change(operation.left), right: operand(operation.right) };
    case 'neg':
    case 'end':
    case 'movsx':
    case 'copy':
    case 'zext':
    case 'addr_space_cast':
      return { ...operation, src: change(operation.src) };
    case 'load':
      return { ...operation, base: base(operation.base) };
    case 'store':
      return { ...operation, base: base(operation.base), src: operand(operation.src) };
    case 'atomic':
      return { ...operation, base: base(operation.base), src: maybe(operation.src) };
    case 'cmpxchg': {
      const { expected, replacement } = operation;
      const changed = { expected: change(expected), replacement: change(replacement) };
      return { ...operation, ...changed, base: base(operation.base) };
    }
    case 'packet-load':
      return { ...operation, context: change(operation.context), index: maybe(operation.index) };
    case 'call': {
      const { callee } = operation;
      const target = callee.kind === 'register' ? { ...callee, reg: change(callee.reg) } : callee;
      return { ...operation, callee: target, arguments: operation.arguments.map(change) };
    }
    case 'asm':
      return {
        ...operation,
        operands: operation.operands.map((each) => {
          if (each.kind === 'input' || each.kind === 'tied') return { ...each, reg: change(each.reg) };
          return each.kind === 'memory' ? { ...each, base: base(each.base) } : each;
        }),
      };
    case 'phi': {
      const incoming = operation.incoming.map(({ reg, block }) => ({ reg: change(reg), block }));
      return { ...operation, incoming };
    }
    case 'exit':
      return { ...operation, value: maybe(operation.value) };
    case 'constant':
    case 'symbol':
    case 'slot-address':
    case 'argument':
    case 'goto':
    case 'unreachable':
      return operation;
    default:
      return operation satisfies never;
  }
}

/** The blocks that may run after an instruction that ends one. */
export function successorsOf(operation: MachineOperation | undefined): readonly MachineBlockId[] {
  switch (operation?.kind) {
    case 'goto':
      return [operation.target];
    case 'branch':
      return [operation.whenTrue, operation.whenFalse];
    case 'asm': {
      if (operation.next === undefined) return [];
      const labels = operation.operands.flatMap((each) => (each.kind === 'label' ? [each.block] : []));
      return [operation.next, ...labels];
    }
    default:
      return [];
  }
}

function ofBase(base: MachineBase): VirtualRegister[] {
  return base.kind === 'reg' ? [base.reg] : [];
}

function ofOperand(operand: MachineOperand): VirtualRegister[] {
  return operand.kind === 'reg' ? [operand.reg] : [];
}

/** Whether an operation does nothing but compute its result. */
export function isPure(operation: MachineOperation): boolean {
  switch (operation.kind) {
    case 'alu':
    case 'neg':
    case 'end':
    case 'movsx':
    case 'copy':
    case 'zext':
    case 'addr_space_cast':
    case 'constant':
    case 'symbol':
    case 'slot-address':
    case 'phi':
    case 'argument':
      return true;
    default:
      return false;
  }
}
