import { ATTACH_TYPE_KFUNCS, KFUNC_CALLERS, MEASURED_TYPES } from './callers.js';
import { casts } from './casts.js';
import { cgroups } from './cgroups.js';
import { conntrack } from './conntrack.js';
import { control } from './control.js';
import { cpumask } from './cpumask.js';
import { crypto } from './crypto.js';
import { deferred } from './deferred.js';
import { dynptrs } from './dynptrs.js';
import { files } from './files.js';
import { iterators } from './iterators.js';
import { keys } from './keys.js';
import type { Kfunc } from './kfunc.js';
import { locks } from './locks.js';
import { memory } from './memory.js';
import { network } from './network.js';
import { objects } from './objects.js';
import { sections } from './sections.js';
import { strings } from './strings.js';
import { tasks } from './tasks.js';
import { tcp } from './tcp.js';
import { tests } from './tests.js';

/** Every kernel function that skep knows the rules of. */
export const KFUNCS: readonly Kfunc[] = [
  ...sections,
  ...iterators,
  ...tasks,
  ...cgroups,
  ...cpumask,
  ...objects,
  ...dynptrs,
  ...casts,
  ...control,
  ...deferred,
  ...locks,
  ...memory,
  ...strings,
  ...files,
  ...keys,
  ...crypto,
  ...network,
  ...conntrack,
  ...tcp,
  ...tests,
];

const BY_NAME = new Map(KFUNCS.map((kfunc) => [kfunc.name, kfunc]));
const CALLERS = new Map(
  KFUNC_CALLERS.flatMap(({ programs, kfuncs }) =>
    kfuncs.split(' ').map((name) => [name, new Set(programs.split(' '))] as const),
  ),
);
const EXCEPTIONS = new Map(
  Object.entries(ATTACH_TYPE_KFUNCS).map(([key, { not, also }]) => [
    key,
    { not: new Set(not.split(' ')), also: new Set(also.split(' ')) },
  ]),
);
const MEASURED = new Set(MEASURED_TYPES.split(' '));

/** Functions that programs on hooks of security modules may call beside those that tracing programs may. */
const LSM_ONLY = new Set(files.map(({ name }) => name));

/** @returns undefined when skep does not know its rules. */
export function kfuncByName(name: string): Kfunc | undefined {
  return BY_NAME.get(name);
}

/**
 * Whether Linux 6.18 lets a program type (bpftool's word) call a kernel function, when it is loaded for an attach type;
 * undefined when that is not known. Programs of security modules could not be measured: Linux registers kernel functions
 * for them together with tracing programs (`bpf_prog_type_to_kfunc_hook`), and those of files for them alone.
 */
export function mayCallKfunc(programType: string, name: string, attachType?: string): boolean | undefined {
  if (programType === 'lsm') return LSM_ONLY.has(name) || mayCallKfunc('tracing', name);
  const exception = attachType === undefined ? undefined : EXCEPTIONS.get(`${programType} ${attachType}`);
  if (exception?.also.has(name)) return true;
  if (exception?.not.has(name)) return false;
  if (!MEASURED.has(programType)) return undefined;
  return CALLERS.get(name)?.has(programType) === true;
}
