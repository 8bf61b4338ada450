import { callbacks } from './callbacks.js';
import { CALLABLE_HELPERS, GPL_HELPERS } from './callers.js';
import { control } from './control.js';
import type { Helper } from './helper.js';
import { mapElements } from './map-elements.js';
import { HELPER_NAMES } from './names.js';
import { queues } from './queues.js';
import { ringbuf } from './ringbuf.js';
import type { HelperRow } from './row.js';
import { skb } from './skb.js';
import { sockets } from './sockets.js';
import { strings } from './strings.js';
import { task } from './task.js';
import { time } from './time.js';
import { tracing } from './tracing.js';
import { xdpFrame } from './xdp-frame.js';

const GPL = parseRanges(GPL_HELPERS);
const CALLERS = new Map(Object.entries(CALLABLE_HELPERS).map(([type, ids]) => [type, parseRanges(ids)]));
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

/** The number of a helper by its full name, also of those whose prototype skep does not know. */
export function helperId(name: string): number | undefined {
  return ID_BY_NAME.get(name);
}

/** Whether Linux 6.18 lets a program type (bpftool's word) call a helper; undefined when that was not measured. */
export function mayCall(programType: string, id: number): boolean | undefined {
  return CALLERS.get(programType)?.has(id);
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
  for (const part of text.split(' ')) {
    const [first, last] = part.split('-').map(Number);
    for (let id = first!; id <= (last ?? first!); id++) ids.add(id);
  }
  return ids;
}
