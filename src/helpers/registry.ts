import { callbacks } from './callbacks.js';
import {
  ATTACH_TYPE_HELPERS,
  BPF_HELPERS,
  CALLABLE_HELPERS,
  GPL_HELPERS,
  PERFMON_HELPERS,
} from './callers.js';
import { control } from './control.js';
import { dynptr } from './dynptr.js';
import type { Helper, HelperArg } from './helper.js';
import { kernelFunction } from './kernel-function.js';
import { kernelObjects } from './kernel-objects.js';
import { mapElements } from './map-elements.js';
import { HELPER_NAMES } from './names.js';
import { parse } from './parse.js';
import { queues } from './queues.js';
import { remoteControl } from './remote-control.js';
import { ringbuf } from './ringbuf.js';
import { routes } from './routes.js';
import type { HelperRow } from './row.js';
import { security } from './security.js';
import { seqFile } from './seq-file.js';
import { skb } from './skb.js';
import { skbEdit } from './skb-edit.js';
import { sockCalls } from './sock-calls.js';
import { socketIdentity } from './socket-identity.js';
import { sockets } from './sockets.js';
import { sockmap } from './sockmap.js';
import { storage } from './storage.js';
import { strings } from './strings.js';
import { task } from './task.js';
import { time } from './time.js';
import { timers } from './timers.js';
import { tracing } from './tracing.js';
import { LSM_HELPERS, TRAMPOLINE_HELPERS } from './trampoline-callers.js';
import { xdpFrame } from './xdp-frame.js';

const GPL = parseRanges(GPL_HELPERS);
const PERFMON = parseRanges(PERFMON_HELPERS);
const BPF = parseRanges(BPF_HELPERS);
const CALLERS = new Map(
  Object.entries({
    ...CALLABLE_HELPERS,
    lsm: `${CALLABLE_HELPERS['tracing']} ${LSM_HELPERS}`,
  }).map(([type, ids]) => [type, parseRanges(ids)]),
);
const EXCEPTIONS = new Map(
  [
    ...Object.entries(ATTACH_TYPE_HELPERS),
    ...Object.entries(TRAMPOLINE_HELPERS).map(([key, also]) => [key, { not: '', also }] as const),
  ].map(([key, { not, also }]) => [key, { not: parseRanges(not), also: parseRanges(also) }]),
);
const ID_BY_NAME = new Map<string, number>(HELPER_NAMES.map((name, id) => [`bpf_${name}`, id]));

/** Every helper whose prototype skep knows, ascending by id. */
export const HELPERS: readonly Helper[] = [
  ...mapElements,
  ...time,
  ...task,
  ...control,
  ...tracing,
  ...ringbuf,
  ...queues,
  ...strings,
  ...xdpFrame,
  ...skb,
  ...skbEdit,
  ...routes,
  ...socketIdentity,
  ...sockCalls,
  ...sockmap,
  ...storage,
  ...timers,
  ...dynptr,
  ...kernelObjects,
  ...kernelFunction,
  ...seqFile,
  ...security,
  ...remoteControl,
  ...parse,
  ...sockets,
  ...callbacks,
]
  .map(complete)
  .sort((a, b) => a.id - b.id);

const BY_ID = new Map(HELPERS.map((helper) => [helper.id, helper]));
const BY_NAME = new Map(HELPERS.map((helper) => [helper.name, helper]));

/** @returns undefined when skep does not know the prototype; `helperName` still knows the name. */
export function helperById(id: number): Helper | undefined {
  return BY_ID.get(id);
}

/** By full name: `bpf_map_lookup_elem`. */
export function helperByName(name: string): Helper | undefined {
  return BY_NAME.get(name);
}

/** What a program of a type (bpftool's word) passes to a helper. */
export function argumentsOf(helper: Helper, programType: string): readonly HelperArg[] {
  return helper.variants?.find(({ programs }) => programs.includes(programType))?.args ?? helper.args;
}

/** The number of a helper by its full name, also of those whose prototype skep does not know. */
export function helperId(name: string): number | undefined {
  return ID_BY_NAME.get(name);
}

/**
 * Whether Linux 6.18 lets a program type (bpftool's word) call a helper, when it is loaded for an attach type;
 * undefined when that was not measured.
 *
 * @param iterator what it goes over, when it is one.
 */
export function mayCall(
  programType: string,
  id: number,
  attachType?: string,
  iterator?: string,
): boolean | undefined {
  if (iterator !== undefined && EXCEPTIONS.get(`${programType} ${attachType} ${iterator}`)?.also.has(id))
    return true;
  const exception = attachType === undefined ? undefined : EXCEPTIONS.get(`${programType} ${attachType}`);
  if (exception?.also.has(id)) return true;
  if (exception?.not.has(id)) return false;
  return CALLERS.get(programType)?.has(id);
}

/** The capability without which a program's loader is refused a helper that its type may call. */
export function capabilityToCall(id: number): 'perfmon' | 'bpf' | undefined {
  if (PERFMON.has(id)) return 'perfmon';
  return BPF.has(id) ? 'bpf' : undefined;
}

function complete(row: HelperRow): Helper {
  const id = ID_BY_NAME.get(row.name);
  if (id === undefined) throw new RangeError(`Linux has no helper ${row.name}`);
  const callers = [...CALLERS].filter(([, ids]) => ids.has(id)).map(([type]) => type);
  return {
    ...row,
    id,
    gplOnly: GPL.has(id),
    programs: callers.length === CALLERS.size ? 'all' : callers,
  };
}

/** Numbers written as `1-3 5`. */
function parseRanges(text: string): ReadonlySet<number> {
  const ids = new Set<number>();
  for (const part of text === '' ? [] : text.split(' ')) {
    const [first, last] = part.split('-').map(Number);
    for (let id = first!; id <= (last ?? first!); id++) ids.add(id);
  }
  return ids;
}
