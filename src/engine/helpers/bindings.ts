import { KernelError } from '../../errors/errno.js';
import { helperName } from '../../helpers/names.js';
import { type Insn, operationAt } from '../../isa/index.js';
import type { HelperBinding } from '../abi.js';
import { callbacks } from './families/callbacks.js';
import { control } from './families/control.js';
import { dynptr } from './families/dynptr.js';
import { kernelFunction } from './families/kernel-function.js';
import { kernelObjects } from './families/kernel-objects.js';
import { mapElements } from './families/map-elements.js';
import { parse } from './families/parse.js';
import { queues } from './families/queues.js';
import { ringbuf } from './families/ringbuf.js';
import { routes } from './families/routes.js';
import { skb } from './families/skb.js';
import { skbEdit } from './families/skb-edit.js';
import { sockCalls } from './families/sock-calls.js';
import { socketIdentity } from './families/socket-identity.js';
import { sockets } from './families/sockets.js';
import { strings } from './families/strings.js';
import { task } from './families/task.js';
import { time } from './families/time.js';
import { timers } from './families/timers.js';
import { tracing } from './families/tracing.js';
import { xdpFrame } from './families/xdp-frame.js';
import type { HelperFamily, HelperUse, HostContext, HostHelpers } from './family.js';

/** How the engine runs helpers, in files of the same names as those of `src/helpers`. */
const FAMILIES: readonly HelperFamily[] = [
  mapElements,
  time,
  task,
  control,
  tracing,
  ringbuf,
  queues,
  strings,
  xdpFrame,
  skb,
  skbEdit,
  routes,
  sockets,
  socketIdentity,
  sockCalls,
  kernelObjects,
  kernelFunction,
  callbacks,
  timers,
  dynptr,
  parse,
];

const BINDINGS = new Map(FAMILIES.flatMap(({ bindings }) => Object.entries(bindings)));

/** The helpers written in TypeScript, for one CPU. */
export function createHostHelpers(context: HostContext): HostHelpers {
  return Object.assign({}, ...FAMILIES.map(({ host }) => host?.(context)));
}

/**
 * The engine has every helper that the program calls.
 * @param replaced ids of helpers that somebody else provides
 * @param kfuncName the names of kernel functions, of which the engine has none
 * @throws {KernelError} EOPNOTSUPP naming the first that it has not.
 */
export function requireHelpers(
  insns: readonly Insn[],
  replaced: Iterable<number> = [],
  kfuncName?: (id: number) => string | undefined,
): void {
  const provided = new Set(replaced);
  for (let at = 0; at < insns.length; at++) {
    const operation = operationAt(insns, at);
    if (operation.kind === 'ld_imm64') at++;
    if (operation.kind === 'call_kfunc') throw noKfunc(at, kfuncName?.(operation.btfId));
    if (operation.kind !== 'call_helper' || provided.has(operation.id)) continue;
    if (bindingFor(operation.id) !== undefined) continue;
    const name = helperName(operation.id) ?? `helper ${operation.id}`;
    throw new KernelError('EOPNOTSUPP', `the engine has no ${name} yet`, {
      facts: { insn: at, helper: operation.id },
      hint: 'the program can be verified: skep verify',
      docs: 'reference.md',
    });
  }
}

function noKfunc(at: number, name = 'kernel functions'): KernelError {
  return new KernelError('EOPNOTSUPP', `the engine has no ${name} yet`, {
    facts: { insn: at, kfunc: name },
    hint: 'the program can be verified: skep verify',
    docs: 'reference.md',
  });
}

/** How compiled code reaches a helper; undefined when the engine does not have it. */
export function bindingFor(id: number, use: HelperUse = {}): HelperBinding | undefined {
  const name = helperName(id);
  const binding = name === undefined ? undefined : BINDINGS.get(name);
  return typeof binding === 'function' ? binding(use) : binding;
}
