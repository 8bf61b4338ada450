import { KernelError } from '../../errors/errno.js';
import { helperName } from '../../helpers/names.js';
import { hookByName } from '../../hooks/index.js';
import { type Insn, operationAt } from '../../isa/index.js';
import type { MapFacts } from '../../maps/map-type.js';
import type { HelperBinding } from '../abi.js';

/** What is known at a call: the program's type, and the map argument where it is the same on every path. */
export interface HelperUse {
  readonly programType?: string;
  readonly map?: MapFacts;
}

type Runtime = Extract<HelperBinding, { kind: 'runtime' }>;
type Params = Runtime['params'];

const i32 = 'i32';
const i64 = 'i64';

function runtime(name: string, params: Params, result: Runtime['result']): HelperBinding {
  return { kind: 'runtime', name, params, result };
}

/** A runtime function that returns 0, a length, or a negated errno. */
function status(name: string, ...params: Params): HelperBinding {
  return { kind: 'runtime', name, params, result: i32, signed: true };
}

/** Variants of the lookup exist for these key sizes. */
const FAST_KEYS: ReadonlySet<number> = new Set([4, 8, 16]);

/** Runtime exports that look up, by map type. `bySize`: with variants for `FAST_KEYS`. */
const LOOKUPS: Readonly<Record<string, { name: string; bySize: boolean }>> = {
  hash: { name: 'hash_lookup', bySize: true },
  percpu_hash: { name: 'percpu_hash_lookup', bySize: true },
  lru_hash: { name: 'lru_hash_lookup', bySize: true },
  array: { name: 'array_lookup', bySize: false },
  percpu_array: { name: 'percpu_array_lookup', bySize: false },
  lru_percpu_hash: { name: 'lru_percpu_hash_lookup', bySize: true },
  lpm_trie: { name: 'lpm_lookup', bySize: false },
  array_of_maps: { name: 'array_of_maps_lookup', bySize: false },
  hash_of_maps: { name: 'hash_of_maps_lookup', bySize: false },
};
const UPDATES: Readonly<Record<string, string>> = {
  hash: 'hash_update',
  percpu_hash: 'hash_update',
  lru_hash: 'hash_update',
  array: 'array_update',
  percpu_array: 'percpu_array_update',
  lru_percpu_hash: 'hash_update',
  lpm_trie: 'lpm_update',
};
const DELETES: Readonly<Record<string, string>> = {
  hash: 'hash_delete',
  percpu_hash: 'hash_delete',
  lru_hash: 'hash_delete',
  lru_percpu_hash: 'hash_delete',
  lpm_trie: 'lpm_delete',
};

function lookupName(map: MapFacts | undefined): string {
  const entry = map === undefined ? undefined : LOOKUPS[map.type.name];
  if (map === undefined || entry === undefined) return 'map_lookup';
  return entry.bySize && FAST_KEYS.has(map.keySize) ? `${entry.name}_${map.keySize}` : entry.name;
}

/** Which context the program's helpers get. */
function contextOf(use: HelperUse): 'xdp' | 'skb' | 'other' {
  const struct = use.programType === undefined ? undefined : hookByName(use.programType)?.ctx.struct;
  return struct === 'xdp_md' ? 'xdp' : struct === '__sk_buff' ? 'skb' : 'other';
}

const PERF_OUTPUT = { xdp: 'xdp_event_output', skb: 'skb_event_output', other: 'perf_event_output' };

const PROBE = status('probe_read', i32, i32, i64);
const PROBE_STRING = status('probe_read_str', i32, i32, i64);
const CLOCK = runtime('ktime_get_ns', [], i64);

const BINDINGS: Readonly<Record<string, HelperBinding | ((use: HelperUse) => HelperBinding)>> = {
  bpf_map_lookup_elem: ({ map }) => runtime(lookupName(map), [i32, i32], i32),
  bpf_map_update_elem: ({ map }) =>
    status((map && UPDATES[map.type.name]) ?? 'map_update', i32, i32, i32, i64),
  bpf_map_delete_elem: ({ map }) => status((map && DELETES[map.type.name]) ?? 'map_delete', i32, i32),
  bpf_map_lookup_percpu_elem: runtime('map_lookup_percpu', [i32, i32, i32], i32),
  bpf_ktime_get_ns: CLOCK,
  bpf_ktime_get_boot_ns: CLOCK,
  bpf_ktime_get_coarse_ns: CLOCK,
  bpf_ktime_get_tai_ns: { kind: 'host', name: 'ktime_get_tai_ns', args: 0 },
  bpf_jiffies64: runtime('jiffies64', [], i64),
  bpf_get_prandom_u32: runtime('get_prandom_u32', [], i32),
  bpf_get_smp_processor_id: runtime('get_smp_processor_id', [], i32),
  bpf_get_numa_node_id: runtime('get_numa_node_id', [], i32),
  bpf_get_current_pid_tgid: runtime('get_current_pid_tgid', [], i64),
  bpf_get_current_uid_gid: runtime('get_current_uid_gid', [], i64),
  bpf_get_current_comm: status('get_current_comm', i32, i32),
  bpf_tail_call: { kind: 'tail_call' },
  bpf_redirect: (use) => runtime(contextOf(use) === 'xdp' ? 'xdp_redirect' : 'skb_redirect', [i32, i64], i64),
  bpf_trace_printk: { kind: 'host', name: 'trace_printk', args: 5 },
  bpf_trace_vprintk: { kind: 'host', name: 'trace_vprintk', args: 4 },
  bpf_perf_event_output: (use) => status(PERF_OUTPUT[contextOf(use)], i32, i32, i64, i32, i32),
  bpf_map_push_elem: status('map_push', i32, i32, i64),
  bpf_map_pop_elem: status('map_pop', i32, i32),
  bpf_map_peek_elem: status('map_peek_value', i32, i32),
  bpf_ringbuf_output: status('ringbuf_output', i32, i32, i64, i64),
  bpf_ringbuf_reserve: runtime('ringbuf_reserve', [i32, i64, i64], i32),
  bpf_ringbuf_submit: runtime('ringbuf_submit', [i32, i64], 'void'),
  bpf_ringbuf_discard: runtime('ringbuf_discard', [i32, i64], 'void'),
  bpf_ringbuf_query: runtime('ringbuf_query', [i32, i64], i64),
  bpf_probe_read: PROBE,
  bpf_probe_read_user: PROBE,
  bpf_probe_read_kernel: PROBE,
  bpf_probe_read_str: PROBE_STRING,
  bpf_probe_read_user_str: PROBE_STRING,
  bpf_probe_read_kernel_str: PROBE_STRING,
  bpf_strncmp: status('strncmp', i32, i32, i32),
  bpf_xdp_adjust_head: status('xdp_adjust_head', i32, i32),
  bpf_xdp_adjust_tail: status('xdp_adjust_tail', i32, i32),
  bpf_xdp_adjust_meta: status('xdp_adjust_meta', i32, i32),
  bpf_xdp_get_buff_len: runtime('xdp_get_buff_len', [i32], i64),
  bpf_xdp_load_bytes: status('xdp_load_bytes', i32, i32, i32, i32),
  bpf_xdp_store_bytes: status('xdp_store_bytes', i32, i32, i32, i32),
  bpf_skb_load_bytes: status('skb_load_bytes', i32, i32, i32, i32),
  bpf_skb_load_bytes_relative: status('skb_load_bytes_relative', i32, i32, i32, i32, i32),
  bpf_skb_store_bytes: status('skb_store_bytes', i32, i32, i32, i32, i64),
  bpf_skb_pull_data: status('skb_pull_data', i32, i32),
  bpf_get_hash_recalc: runtime('get_hash_recalc', [i32], i32),
  bpf_l3_csum_replace: status('l3_csum_replace', i32, i32, i64, i64, i64),
  bpf_l4_csum_replace: status('l4_csum_replace', i32, i32, i64, i64, i64),
  bpf_csum_diff: runtime('csum_diff', [i32, i32, i32, i32, i32], i64),
};

/**
 * The engine has every helper that the program calls.
 * @param replaced ids of helpers that somebody else provides
 * @throws {KernelError} EOPNOTSUPP naming the first that it has not.
 */
export function requireHelpers(insns: readonly Insn[], replaced: Iterable<number> = []): void {
  const provided = new Set(replaced);
  for (let at = 0; at < insns.length; at++) {
    const operation = operationAt(insns, at);
    if (operation.kind === 'ld_imm64') at++;
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

/** How compiled code reaches a helper; undefined when the engine does not have it. */
export function bindingFor(id: number, use: HelperUse = {}): HelperBinding | undefined {
  const name = helperName(id);
  const binding = name === undefined ? undefined : BINDINGS[name];
  return typeof binding === 'function' ? binding(use) : binding;
}
