import type { GlobalAlias, GlobalFacts, GlobalVariable, IrFunction, IrModule } from './module.js';
import {
  type PrinterContext,
  printAttachments,
  printConvention,
  printInstruction,
} from './print-instruction.js';
import { printMetadata, printNamed } from './print-metadata.js';
import { named, quoted } from './print-text.js';
import { printAttributes, printStructs, printType } from './print-type.js';
import { ValuePrinter } from './print-value.js';

/**
 * Prints the IR as LLVM assembly, which `llvm-as` of the LLVM that wrote the bitcode, or of a newer one,
 * takes. For tests and for people; it says everything that the IR holds, some of it in numbers where LLVM
 * has words (DWARF tags, flags).
 */
export function printModule(module: IrModule): string {
  const values = new ValuePrinter(module);
  const printer: PrinterContext = {
    values,
    metadata: module.metadata,
    typed: (value) => values.typed(value),
  };
  const head = [
    `source_filename = ${quoted(module.sourceFile)}`,
    `target datalayout = ${quoted(module.dataLayout)}`,
    `target triple = ${quoted(module.triple)}`,
    ...module.assembly
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => `module asm ${quoted(line)}`),
  ];
  const comdats = module.comdats.map(({ name, selection }) => `${named('$', name)} = comdat ${selection}`);
  const globals = module.globals.map((global) => printGlobal(printer, global));
  const aliases = module.aliases.map((alias) => printAlias(printer, alias));
  const functions = module.functions.map((fn) => printFunction(printer, fn));
  values.current = undefined;
  const parts = [head, printStructs(module), comdats, globals, aliases, functions];
  parts.push(printNamed(module.namedMetadata), printMetadata(printer));
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')}\n`;
}

function printLinkage(facts: GlobalFacts): string {
  const linkage = facts.linkage === 'external' ? '' : ` ${facts.linkage}`;
  const visibility = facts.visibility === 'default' ? '' : ` ${facts.visibility}`;
  return `${linkage}${facts.dsoLocal ? ' dso_local' : ''}${visibility}`;
}

function printUnnamed({ unnamedAddress }: GlobalFacts): string {
  return unnamedAddress === 'none'
    ? ''
    : unnamedAddress === 'local'
      ? ' local_unnamed_addr'
      : ' unnamed_addr';
}

function printSpace({ addressSpace }: GlobalFacts): string {
  return addressSpace === 0 ? '' : ` addrspace(${addressSpace})`;
}

function printComdat(name: string, comdat: string | undefined): string {
  if (comdat === undefined) return '';
  return comdat === name ? 'comdat' : `comdat(${named('$', comdat)})`;
}

function printGlobal(printer: PrinterContext, global: GlobalVariable): string {
  const { values } = printer;
  const external = global.initializer === undefined && global.linkage === 'external' ? ' external' : '';
  const initializer = global.initializer === undefined ? '' : ` ${values.plain(global.initializer)}`;
  const words = [
    external + printLinkage(global),
    global.threadLocal ? ' thread_local' : '',
    printUnnamed(global),
    printSpace(global),
    global.externallyInitialized ? ' externally_initialized' : '',
    global.constant ? ' constant' : ' global',
    ` ${values.type(global.type)}`,
    initializer,
    global.section === undefined ? '' : `, section ${quoted(global.section)}`,
    global.comdat === undefined ? '' : `, ${printComdat(global.name, global.comdat)}`,
    global.align === 0 ? '' : `, align ${global.align}`,
    printAttachments(printer, global.attachments, ', '),
    printAttributes(values.module, global.attributes),
  ];
  return `${values.global(global)} =${words.join('')}`;
}

function printAlias(printer: PrinterContext, alias: GlobalAlias): string {
  const { values } = printer;
  return `${values.global(alias)} =${printLinkage(alias)}${printUnnamed(alias)} alias ${values.type(alias.type)}, ${values.typed(alias.aliasee)}`;
}

function printFunction(printer: PrinterContext, fn: IrFunction): string {
  const { values } = printer;
  const { module } = values;
  values.current = fn;
  const isDeclaration = fn.blocks.length === 0;
  const attachments = printAttachments(printer, fn.attachments, ' ');
  const type = module.types[fn.type]!;
  if (type.kind !== 'function') return '';
  const parameters = type.parameters.map((parameter, index) => {
    const attributes = printAttributes(module, fn.attributes?.parameters[index]);
    const name = isDeclaration ? '' : ` ${values.plain(module.values.length + index)}`;
    return `${printType(module, parameter)}${attributes}${name}`;
  });
  if (type.variadic) parameters.push('...');
  const head = [
    isDeclaration ? `declare${attachments}` : 'define',
    printLinkage(fn),
    printConvention(fn.convention),
    printAttributes(module, fn.attributes?.returns),
    ` ${printType(module, type.returns)} ${values.global(fn)}(${parameters.join(', ')})`,
    printUnnamed(fn),
    printSpace(fn),
    printAttributes(module, fn.attributes?.function),
    fn.section === undefined ? '' : ` section ${quoted(fn.section)}`,
    fn.comdat === undefined ? '' : ` ${printComdat(fn.name, fn.comdat)}`,
    fn.align === 0 ? '' : ` align ${fn.align}`,
  ].join('');
  if (isDeclaration) return head;
  const lines = fn.blocks.flatMap((block, index) => [
    `${values.block(index).slice(1)}:`,
    ...block.instructions.flatMap((instruction) =>
      printInstruction(printer, instruction).map((line) => `  ${line}`),
    ),
  ]);
  return [`${head}${attachments} {`, ...lines, '}'].join('\n');
}
