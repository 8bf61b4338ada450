import type { Operand, Operation } from '../ir/instruction.js';
import type { IrFunction } from '../ir/module.js';
import type { ValueId } from '../ir/value.js';

/** What an instruction needs an operand for: its value, the place that it points to, or whether it is true. */
export type Role = 'value' | 'address' | 'condition';

/** Calls `visit` for each value that an instruction uses. Targets of jumps are none. */
export function visitOperands(operation: Operation, visit: (id: ValueId, role: Role) => void): void {
  const value = (id: ValueId | undefined) => {
    if (id !== undefined) visit(id, 'value');
  };
  const operands = (list: readonly Operand[], role: Role = 'value') => {
    for (const operand of list) if (typeof operand === 'number') visit(operand, role);
  };
  switch (operation.kind) {
    case 'binary':
    case 'compare':
    case 'shufflevector':
      value(operation.left);
      value(operation.right);
      return;
    case 'fneg':
    case 'cast':
    case 'freeze':
      value(operation.operand);
      return;
    case 'select':
      visit(operation.condition, 'condition');
      value(operation.whenTrue);
      value(operation.whenFalse);
      return;
    case 'phi':
      for (const { value: id } of operation.incoming) value(id);
      return;
    case 'gep':
      visit(operation.base, 'address');
      operation.indices.forEach(value);
      return;
    case 'alloca':
      return;
    case 'load':
      visit(operation.pointer, 'address');
      return;
    case 'store':
      visit(operation.pointer, 'address');
      value(operation.value);
      return;
    case 'cmpxchg':
      visit(operation.pointer, 'address');
      value(operation.expected);
      value(operation.replacement);
      return;
    case 'rmw':
      visit(operation.pointer, 'address');
      value(operation.value);
      return;
    case 'extractvalue':
      value(operation.aggregate);
      return;
    case 'insertvalue':
      value(operation.aggregate);
      value(operation.element);
      return;
    case 'extractelement':
      value(operation.vector);
      value(operation.index);
      return;
    case 'insertelement':
      value(operation.vector);
      value(operation.element);
      value(operation.index);
      return;
    case 'va_arg':
      value(operation.list);
      return;
    case 'call':
    case 'callbr':
      value(operation.callee);
      operands(operation.arguments);
      return;
    case 'ret':
      value(operation.value);
      return;
    case 'condbr':
      visit(operation.condition, 'condition');
      return;
    case 'switch':
      value(operation.value);
      return;
    case 'indirectbr':
      value(operation.address);
      return;
    case 'br':
    case 'fence':
    case 'unreachable':
      return;
    default:
      operation satisfies never;
  }
}

/** How the values of one function are used. */
export class Uses {
  readonly #counts = new Map<ValueId, number>();
  readonly #roles = new Map<ValueId, Set<Role>>();
  readonly #users = new Map<ValueId, Operation>();

  constructor(fn: IrFunction, logical: (operation: Operation) => boolean) {
    for (const block of fn.blocks) {
      for (const instruction of block.instructions) {
        visitOperands(instruction, (id, role) => {
          // What combines conditions is itself one, when only branches look at it.
          this.#add(id, role === 'value' && logical(instruction) ? 'condition' : role);
          this.#users.set(id, instruction);
        });
      }
    }
  }

  count(id: ValueId): number {
    return this.#counts.get(id) ?? 0;
  }

  /** The instruction that uses a value, when there is just one use. */
  user(id: ValueId): Operation | undefined {
    return this.count(id) === 1 ? this.#users.get(id) : undefined;
  }

  /** Whether nothing but this role uses a value. */
  only(id: ValueId, role: Role): boolean {
    const roles = this.#roles.get(id);
    return roles !== undefined && roles.size === 1 && roles.has(role);
  }

  #add(id: ValueId, role: Role): void {
    this.#counts.set(id, this.count(id) + 1);
    const roles = this.#roles.get(id) ?? new Set();
    this.#roles.set(id, roles.add(role));
  }
}
