import type { SourceLocation } from '../ir/metadata.js';
import { type IrFunction, type IrModule, valueAt } from '../ir/module.js';
import { SourceProblem } from '../problem.js';

/** Refuses what no BPF program can be, whatever its instructions: recursion, and functions of a kind that BPF lacks. */
export function checkModule(module: IrModule): void {
  module.functions.forEach((fn) => {
    if (fn.blocks.length > 0) checkSignature(module, fn);
  });
  checkRecursion(module);
}

function checkSignature(module: IrModule, fn: IrFunction): void {
  const type = module.types[fn.type];
  if (type?.kind === 'function' && type.variadic) {
    throw new SourceProblem(
      `'${fn.name}' takes a variable number of arguments, which BPF cannot do`,
      placeOf(module, fn),
      'pass an array and its length',
    );
  }
  const hasHidden =
    fn.attributes?.parameters[0]?.some((each) => 'name' in each && each.name === 'sret') === true;
  if (hasHidden && fn.linkage !== 'internal') {
    throw new SourceProblem(
      `'${fn.name}' returns a struct, and a global function of BPF returns one number`,
      placeOf(module, fn),
      'make it static, or fill in a struct that the caller points to',
    );
  }
}

/** Where a function is defined, as its debug information says. */
export function placeOf(module: IrModule, fn: IrFunction): SourceLocation | undefined {
  const scope = fn.attachments.find(({ kind }) => kind === 'dbg')?.node;
  const node = scope === undefined ? undefined : module.metadata[scope];
  if (scope === undefined || node?.kind !== 'subprogram') return undefined;
  return {
    line: node.line,
    column: 0,
    scope,
    inlinedAt: undefined,
    implicitCode: false,
    atomGroup: 0,
    atomRank: 0,
  };
}

interface CallSite {
  readonly callee: number;
  readonly location: SourceLocation | undefined;
}

/** The verifier follows calls eight deep and no further: a function that comes back to itself is always refused. */
function checkRecursion(module: IrModule): void {
  const calls = module.functions.map((fn) => callsOf(module, fn));
  const states = new Map<number, 'open' | 'done'>();
  const visit = (caller: number): void => {
    states.set(caller, 'open');
    for (const { callee, location } of calls[caller] ?? []) {
      if (states.get(callee) === 'open') {
        const name = module.functions[callee]?.name;
        const what = callee === caller ? `'${name}' calls itself` : `this call leads back into '${name}'`;
        throw new SourceProblem(
          `${what}, and BPF has no recursion`,
          location,
          'use a loop, bpf_loop, or a stack of your own in a map',
        );
      }
      if (!states.has(callee)) visit(callee);
    }
    states.set(caller, 'done');
  };
  module.functions.forEach((_, index) => {
    if (!states.has(index)) visit(index);
  });
}

function callsOf(module: IrModule, fn: IrFunction): CallSite[] {
  return fn.blocks.flatMap(({ instructions }) =>
    instructions.flatMap((instruction) => {
      if (instruction.kind !== 'call') return [];
      const callee = valueAt(module, fn, instruction.callee);
      return callee.kind === 'function' ? [{ callee: callee.index, location: instruction.location }] : [];
    }),
  );
}
