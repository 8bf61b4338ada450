import type { Attribute } from './attribute.js';
import type {
  Atomicity,
  Attachment,
  CallFacts,
  DebugRecord,
  Instruction,
  Operand,
  OperandBundle,
  Operation,
} from './instruction.js';
import type { Metadata } from './metadata.js';
import { printLocation, printRef } from './print-metadata.js';
import { named, quoted } from './print-text.js';
import { printAttributes } from './print-type.js';
import { printGepFlags, type ValuePrinter } from './print-value.js';
import type { BinaryOperation } from './value.js';

/** Prints an instruction and the debug records before it, without indentation. */
export function printInstruction(printer: PrinterContext, instruction: Instruction): string[] {
  const records = instruction.debugRecords.map((record) => printRecord(printer, record));
  const { values } = printer;
  const result = instruction.result === undefined ? '' : `${values.plain(instruction.result)} = `;
  const tail = printAttachments(printer, instruction.attachments, ', ');
  const location =
    instruction.location === undefined ? '' : `, !dbg ${printLocation(printer, instruction.location)}`;
  return [...records, `${result}${printOperation(printer, instruction)}${location}${tail}`];
}

/** What the printers of instructions share: values, and metadata as the current function sees it. */
export interface PrinterContext {
  readonly values: ValuePrinter;
  readonly metadata: readonly Metadata[];
  typed(value: number): string;
}

export function printAttachments(
  printer: PrinterContext,
  attachments: readonly Attachment[],
  before: string,
): string {
  return attachments
    .map(({ kind, node }) => `${before}${named('!', kind)} ${printRef(printer, node)}`)
    .join('');
}

function printOperand(printer: PrinterContext, operand: Operand): string {
  return typeof operand === 'object' ? printRef(printer, operand.metadata) : printer.typed(operand);
}

function printRecord(printer: PrinterContext, record: DebugRecord): string {
  const location = printLocation(printer, record.location);
  if (record.kind === 'label') return `#dbg_label(${printRef(printer, record.label)}, ${location})`;
  const parts = [
    printOperand(printer, record.place),
    printRef(printer, record.variable),
    printRef(printer, record.expression),
  ];
  if (record.kind === 'assign') {
    parts.push(printRef(printer, record.assignment), printOperand(printer, record.address));
    parts.push(printRef(printer, record.addressExpression));
  }
  return `#dbg_${record.kind.replace('-', '_')}(${[...parts, location].join(', ')})`;
}

const FAST_MATH = ['', 'nnan', 'ninf', 'nsz', 'arcp', 'contract', 'afn', 'reassoc'];

function fastMath(flags: number): string {
  if ((flags & 0xfe) === 0xfe) return ' fast';
  return FAST_MATH.map((name, bit) => (name !== '' && (flags & (1 << bit)) !== 0 ? ` ${name}` : '')).join('');
}

const FLOAT_OPERATIONS: Readonly<Partial<Record<BinaryOperation, string>>> = {
  add: 'fadd',
  sub: 'fsub',
  mul: 'fmul',
  sdiv: 'fdiv',
  srem: 'frem',
};

function isFloat(printer: PrinterContext, value: number): boolean {
  const { types } = printer.values.module;
  const type = types[printer.values.value(value).type]!;
  return type.kind === 'float' || (type.kind === 'vector' && types[type.element]!.kind === 'float');
}

function binaryFlags(operation: BinaryOperation, flags: number): string {
  switch (operation) {
    case 'add':
    case 'sub':
    case 'mul':
    case 'shl':
      return wrapFlags(flags);
    case 'udiv':
    case 'sdiv':
    case 'lshr':
    case 'ashr':
      return (flags & 1) !== 0 ? ' exact' : '';
    case 'or':
      return (flags & 1) !== 0 ? ' disjoint' : '';
    default:
      return '';
  }
}

function wrapFlags(flags: number): string {
  return `${(flags & 1) !== 0 ? ' nuw' : ''}${(flags & 2) !== 0 ? ' nsw' : ''}`;
}

function castFlags(operation: string, flags: number): string {
  if (operation === 'trunc') return wrapFlags(flags);
  return (operation === 'zext' || operation === 'uitofp') && (flags & 1) !== 0 ? ' nneg' : '';
}

/** An instruction's own text: computing, then memory, then control. */
function printOperation(printer: PrinterContext, operation: Operation): string {
  const { values } = printer;
  const typed = (id: number) => values.typed(id);
  const plain = (id: number) => values.plain(id);
  switch (operation.kind) {
    case 'binary': {
      const float = isFloat(printer, operation.left) ? FLOAT_OPERATIONS[operation.operation] : undefined;
      const name =
        float === undefined
          ? operation.operation + binaryFlags(operation.operation, operation.flags)
          : float + fastMath(operation.flags);
      return `${name} ${typed(operation.left)}, ${plain(operation.right)}`;
    }
    case 'fneg':
      return `fneg${fastMath(operation.flags)} ${typed(operation.operand)}`;
    case 'cast': {
      const name = operation.operation + castFlags(operation.operation, operation.flags);
      return `${name} ${typed(operation.operand)} to ${values.type(operation.type)}`;
    }
    case 'compare': {
      const same = (operation.flags & 1) !== 0 ? ' samesign' : '';
      const name = operation.float ? `fcmp${fastMath(operation.flags)}` : `icmp${same}`;
      return `${name} ${operation.predicate} ${typed(operation.left)}, ${plain(operation.right)}`;
    }
    case 'select':
      return `select${fastMath(operation.flags)} ${[operation.condition, operation.whenTrue, operation.whenFalse].map(typed).join(', ')}`;
    case 'phi': {
      const incoming = operation.incoming.map(
        ({ value, block }) => `[ ${plain(value)}, ${values.block(block)} ]`,
      );
      return `phi${fastMath(operation.flags)} ${values.type(operation.type)} ${incoming.join(', ')}`;
    }
    case 'freeze':
      return `freeze ${typed(operation.operand)}`;
    case 'gep':
      return `getelementptr${printGepFlags(operation.flags)} ${values.type(operation.source)}, ${[operation.base, ...operation.indices].map(typed).join(', ')}`;
    case 'extractvalue':
      return `extractvalue ${typed(operation.aggregate)}, ${operation.indices.join(', ')}`;
    case 'insertvalue':
      return `insertvalue ${typed(operation.aggregate)}, ${typed(operation.element)}, ${operation.indices.join(', ')}`;
    case 'extractelement':
      return `extractelement ${typed(operation.vector)}, ${typed(operation.index)}`;
    case 'insertelement':
      return `insertelement ${[operation.vector, operation.element, operation.index].map(typed).join(', ')}`;
    case 'shufflevector':
      return `shufflevector ${[operation.left, operation.right, operation.mask].map(typed).join(', ')}`;
    case 'va_arg':
      return `va_arg ${typed(operation.list)}, ${values.type(operation.type)}`;
    case 'call':
    case 'callbr':
      return printCall(printer, operation);
    case 'alloca':
    case 'load':
    case 'store':
    case 'cmpxchg':
    case 'rmw':
    case 'fence':
      return printMemoryOperation(values, operation);
    default:
      return printControl(values, operation);
  }
}

function printAtomicity({ ordering, scope }: Atomicity): string {
  return `${scope === '' ? '' : ` syncscope(${quoted(scope)})`} ${ordering}`;
}

type MemoryOperation = Extract<
  Operation,
  { readonly kind: 'alloca' | 'load' | 'store' | 'cmpxchg' | 'rmw' | 'fence' }
>;

function printMemoryOperation(values: ValuePrinter, operation: MemoryOperation): string {
  const typed = (id: number) => values.typed(id);
  if (operation.kind === 'fence') return `fence${printAtomicity(operation.atomic)}`;
  const align = operation.align === 0 ? '' : `, align ${operation.align}`;
  if (operation.kind === 'alloca') {
    const space = operation.addressSpace === 0 ? '' : `, addrspace(${operation.addressSpace})`;
    return `alloca ${values.type(operation.type)}, ${typed(operation.count)}${align}${space}`;
  }
  const isVolatile = operation.volatile ? ' volatile' : '';
  switch (operation.kind) {
    case 'load': {
      const { atomic } = operation;
      const name = `load${atomic ? ' atomic' : ''}${isVolatile}`;
      const order = atomic ? printAtomicity(atomic) : '';
      return `${name} ${values.type(operation.type)}, ${typed(operation.pointer)}${order}${align}`;
    }
    case 'store': {
      const { atomic } = operation;
      const name = `store${atomic ? ' atomic' : ''}${isVolatile}`;
      const order = atomic ? printAtomicity(atomic) : '';
      return `${name} ${typed(operation.value)}, ${typed(operation.pointer)}${order}${align}`;
    }
    case 'cmpxchg': {
      const operands = [operation.pointer, operation.expected, operation.replacement].map(typed).join(', ');
      const order = `${printAtomicity(operation.success)} ${operation.failure}`;
      return `cmpxchg${operation.weak ? ' weak' : ''}${isVolatile} ${operands}${order}${align}`;
    }
    case 'rmw': {
      const operands = `${typed(operation.pointer)}, ${typed(operation.value)}`;
      return `atomicrmw${isVolatile} ${operation.operation} ${operands}${printAtomicity(operation.atomic)}${align}`;
    }
    default:
      return operation satisfies never;
  }
}

type ControlOperation = Extract<
  Operation,
  { readonly kind: 'ret' | 'br' | 'condbr' | 'switch' | 'indirectbr' | 'unreachable' }
>;

function printControl(values: ValuePrinter, operation: ControlOperation): string {
  const label = (block: number) => `label ${values.block(block)}`;
  switch (operation.kind) {
    case 'ret':
      return operation.value === undefined ? 'ret void' : `ret ${values.typed(operation.value)}`;
    case 'br':
      return `br ${label(operation.target)}`;
    case 'condbr':
      return `br ${values.typed(operation.condition)}, ${label(operation.whenTrue)}, ${label(operation.whenFalse)}`;
    case 'switch': {
      const cases = operation.cases.map(({ value, block }) => `${values.typed(value)}, ${label(block)}`);
      return `switch ${values.typed(operation.value)}, ${label(operation.otherwise)} [ ${cases.join('\n    ')} ]`;
    }
    case 'indirectbr':
      return `indirectbr ${values.typed(operation.address)}, [${operation.targets.map(label).join(', ')}]`;
    case 'unreachable':
      return 'unreachable';
    default:
      return operation satisfies never;
  }
}

export function printConvention(convention: number): string {
  if (convention === 0) return '';
  return convention === 8 ? ' fastcc' : convention === 9 ? ' coldcc' : ` cc ${convention}`;
}

function printBundles(printer: PrinterContext, bundles: readonly OperandBundle[]): string {
  if (bundles.length === 0) return '';
  const text = bundles.map(({ tag, operands }) => {
    return `${quoted(tag)}(${operands.map((operand) => printOperand(printer, operand)).join(', ')})`;
  });
  return ` [ ${text.join(', ')} ]`;
}

function printArguments(printer: PrinterContext, call: CallFacts): string {
  const { values } = printer;
  const list = call.arguments.map((operand, index) => {
    if (typeof operand === 'object') return `metadata ${printRef(printer, operand.metadata)}`;
    const attributes: readonly Attribute[] | undefined = call.attributes?.parameters[index];
    const type = values.type(values.value(operand).type);
    return `${type}${printAttributes(values.module, attributes)} ${values.plain(operand)}`;
  });
  return list.join(', ');
}

function printCall(
  printer: PrinterContext,
  call: Extract<Operation, { readonly kind: 'call' | 'callbr' }>,
): string {
  const { values } = printer;
  const { module } = values;
  const type = module.types[call.functionType]!;
  const shown = type.kind === 'function' && !type.variadic ? type.returns : call.functionType;
  const head =
    call.kind === 'callbr'
      ? 'callbr'
      : `${call.tail === 'none' ? '' : `${call.tail} `}call${fastMath(call.flags)}`;
  const returns = printAttributes(module, call.attributes?.returns);
  const callee = `${printConvention(call.convention)}${returns} ${values.type(shown)} ${values.plain(call.callee)}`;
  const attributes = printAttributes(module, call.attributes?.function);
  const text = `${head}${callee}(${printArguments(printer, call)})${attributes}${printBundles(printer, call.bundles)}`;
  if (call.kind === 'call') return text;
  const targets = call.targets.map((block) => `label ${values.block(block)}`).join(', ');
  return `${text} to label ${values.block(call.next)} [${targets}]`;
}
