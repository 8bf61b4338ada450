import type { MapFacts } from '../../maps/map-type.js';
import { SLEEPABLE_MAPS } from '../../maps/sleepable.js';
import { mapProgram } from '../rules/map-program.js';
import { refuse } from '../rules/rule.js';
import type { VerifierProgram } from '../verify.js';

/** Programs that may run anywhere in the kernel. Linux: is_tracing_prog_type. */
const TRACING: ReadonlySet<string> = new Set([
  'kprobe',
  'tracepoint',
  'perf_event',
  'raw_tracepoint',
  'raw_tracepoint_writable',
]);

/** What in a map's values keeps such programs away, in Linux's order and words. */
const FIELDS = [
  { names: ['bpf_list_head', 'bpf_rb_root'], what: 'bpf_{list_head,rb_root}' },
  { names: ['bpf_spin_lock', 'bpf_res_spin_lock'], what: 'bpf_spin_lock', filters: true },
  { names: ['bpf_timer'], what: 'bpf_timer' },
  { names: ['bpf_wq'], what: 'bpf_wq' },
] as const;

/** Programs of this type may use the map. @throws {Refusal} */
export function checkMapProgram({ hook, sleepable }: VerifierProgram, map: MapFacts, at: number): void {
  const special = map.types?.special ?? [];
  for (const field of FIELDS) {
    if (!special.some(({ name }) => (field.names as readonly string[]).includes(name))) continue;
    const { what } = field;
    if ('filters' in field && hook.name === 'socket_filter')
      refuse(mapProgram, at, { programs: 'socket filter', what });
    if (TRACING.has(hook.name)) refuse(mapProgram, at, { programs: 'tracing', what });
  }
  if (sleepable === true && !SLEEPABLE_MAPS.has(map.type.name))
    refuse(mapProgram, at, { programs: 'sleepable', what: '' });
}
