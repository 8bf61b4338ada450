import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadAs } from '../../test/support/kernel-verifier.js';
import { smallShape } from '../../test/support/map-shapes.js';
import { hookByName } from '../hooks/index.js';
import { assemble } from '../isa/index.js';
import { type BpfFd, bpfAvailability, mapCreate, progLoad } from '../linux/bpf.js';
import { MAP_TYPES, mapType } from '../maps/registry.js';
import type { Helper, HelperArg } from './helper.js';
import { HELPER_NAMES, helperName } from './names.js';
import { argumentsOf, HELPERS, helperById, helperByName, mayCall } from './registry.js';

const { available, reason } = bpfAvailability();

/** Constant strings live in frozen maps, references come from other helpers: test/cases/verifier tries those. */
const NOT_MADE: ReadonlySet<HelperArg['kind']> = new Set([
  'const_str',
  'spin_lock',
  'func',
  'stack_or_null',
  'alloc_mem',
  'timer',
  'pointer',
  'kptr',
  'dynptr',
]);

/** Program types that the tests load, the preferred ones first. Others need BTF of what they are attached to. */
const CALLERS = [
  ...['sched_cls', 'xdp', 'tracepoint', 'socket_filter', 'cgroup_sock_addr', 'sk_msg', 'sock_ops', 'sk_skb'],
  ...[
    'cgroup_sockopt',
    'cgroup_sysctl',
    'sk_reuseport',
    'lwt_in',
    'lwt_seg6local',
    'perf_event',
    'cgroup_skb',
  ],
  'syscall',
];
const TESTABLE = HELPERS.filter(
  (helper) =>
    CALLERS.some((type) => mayCall(type, helper.id)) &&
    helper.acquires !== true &&
    helper.mightSleep !== true &&
    helper.args.every(
      (arg) =>
        !NOT_MADE.has(arg.kind) &&
        (arg.kind !== 'socket' || arg.release !== true) &&
        (arg.kind !== 'const_map' || MAP_TYPES.some(({ helpers }) => helpers.includes(helper.name))),
    ),
);
const maps = new Map<string, BpfFd>();

beforeAll(() => {
  if (!available) return;
  for (const type of MAP_TYPES) {
    const inner = type.lookup === 'inner_map' ? { inner: maps.get('hash')! } : {};
    maps.set(type.name, mapCreate({ type: type.id, ...smallShape(type), ...inner }));
  }
});
afterAll(() => {
  for (const map of maps.values()) map.close();
});

/** A program type that may call the helper and that the tests know. */
function callerOf(helper: Helper): string {
  // A tracepoint program may name this helper, but has no function that it could tell.
  if (helper.name === 'bpf_get_func_ip') return 'kprobe';
  return CALLERS.find((type) => mayCall(type, helper.id)) ?? 'xdp';
}

/** The first attach type that a program of this type can be loaded for. */
function attachTypeOf(type: string): string | undefined {
  // bpf_bind is for connect alone.
  return type === 'cgroup_sock_addr' ? 'cgroup_inet4_connect' : hookByName(type)?.views[0]?.attachTypes?.[0];
}

function mapFor(helper: Helper): string {
  return MAP_TYPES.findLast((type) => type.helpers.includes(helper.name))?.name ?? 'hash';
}

/** Puts a fitting argument in register `r`. r6 is the context, the stack below r10 - 64 holds nothing. */
function fitting(arg: HelperArg, r: number): string {
  switch (arg.kind) {
    case 'ctx':
      return `r${r} = r6`;
    case 'const_map':
      return `r${r} = map[idx:0][]`;
    case 'map_key':
    case 'map_value':
      return `r${r} = r10\nr${r} += -16`;
    case 'mem':
      return `r${r} = r10\nr${r} += ${arg.uninit || (arg.size ?? 0) > 16 ? -96 : -16}`;
    case 'socket':
      return `r${r} = r7`;
    case 'size':
    case 'alloc_size':
      return `r${r} = 8`;
    case 'anything':
    case 'no_flags':
      return `r${r} = 0`;
    case 'const_str':
    case 'alloc_mem':
    case 'spin_lock':
    case 'func':
    case 'stack_or_null':
    case 'timer':
    case 'pointer':
    case 'kptr':
    case 'dynptr':
      throw new Error(`no argument of kind ${arg.kind} is made here`);
    default:
      return arg satisfies never;
  }
}

const PACKET = `
  r2 = *(u32 *)(r6 + DATA)
  r3 = *(u32 *)(r6 + END)
  r9 = r2
  r2 += 14
  r0 = 0
  if r2 > r3 goto exit`;

/** Puts a socket of the context in r7. */
function socket(type: string, result: number): string {
  const pointers = Object.entries(hookByName(type)?.views[0]?.access?.pointers ?? {});
  const [off] = pointers.find(([, word]) => word.startsWith('sock')) ?? [];
  if (off === undefined) throw new Error(`the context of ${type} has no socket`);
  return `r7 = *(u64 *)(r6 + ${off})\nif r7 != 0 goto has_socket\nr0 = ${result}\nexit\nhas_socket:`;
}

/** A program that calls the helper once; `change` replaces the text of some arguments. */
function loads(helper: Helper, change: Partial<Record<number, string>> = {}, packet = false): string | true {
  const type = callerOf(helper);
  const args = argumentsOf(helper, type);
  const result = hookByName(type)?.views[0]?.returns?.min ?? 0;
  const ctx = hookByName(type)!.ctx.fields;
  const offset = (name: string) =>
    typeof ctx === 'string' ? 0 : (ctx.find((field) => field.name === name)?.offset ?? 0);
  const source = [
    'r6 = r1',
    packet ? PACKET.replace('DATA', `${offset('data')}`).replace('END', `${offset('data_end')}`) : '',
    'r1 = 0\n*(u64 *)(r10 - 8) = r1\n*(u64 *)(r10 - 16) = r1',
    args.some(({ kind }) => kind === 'socket') ? socket(type, result) : '',
    ...args.map((arg, i) => change[i] ?? fitting(arg, i + 1)),
    `call ${helper.id}`,
    packet ? 'r0 = *(u8 *)(r9 + 0)' : '',
    `r0 = ${result}\nexit`,
  ].join('\n');
  const load = progLoad({
    ...loadAs(type, { attachType: attachTypeOf(type) }),
    insns: assemble(source),
    license: 'GPL',
    logLevel: 1,
    maps: [maps.get(mapFor(helper))!],
  });
  if (load.ok) {
    load.program.close();
    return true;
  }
  return load.log;
}

const rows = TESTABLE.map((helper) => [helper.name, helper] as const);

test.skipIf(!available).each(rows)(`Linux takes %s with the arguments stated ${reason}`, (_name, helper) => {
  expect(loads(helper)).toBe(true);
});

test.skipIf(!available).each(rows)(
  `Linux refuses a number where %s wants a pointer or a map, and takes null exactly where stated ${reason}`,
  (_name, helper) => {
    helper.args.forEach((arg, i) => {
      if (arg.kind === 'anything' || arg.kind === 'size') return;
      const other = helper.args[i + 1];
      expect([i, loads(helper, { [i]: `r${i + 1} = 77` }) === true]).toEqual([i, false]);
      const emptySize = other?.kind === 'size' && other.zero ? { [i + 1]: `r${i + 2} = 0` } : {};
      const taken = loads(helper, { [i]: `r${i + 1} = 0`, ...emptySize }) === true;
      expect([i, taken]).toEqual([i, 'nullable' in arg && arg.nullable === true]);
    });
  },
);

test.skipIf(!available).each(rows)(
  `a size of zero and memory that nobody wrote are allowed to %s exactly where stated ${reason}`,
  (_name, helper) => {
    helper.args.forEach((arg, i) => {
      const r = i + 1;
      if (arg.kind === 'size')
        expect([i, loads(helper, { [i]: `r${r} = 0` }) === true]).toEqual([i, arg.zero]);
      if (arg.kind === 'map_key' || arg.kind === 'map_value' || arg.kind === 'mem') {
        const unwritten = loads(helper, { [i]: `r${r} = r10\nr${r} += -96` });
        // With all privileges Linux lets programs read stack that they never wrote.
        expect([i, unwritten]).toEqual([i, true]);
      }
    });
  },
);

const onPackets = rows.filter(([, helper]) => ['xdp', 'sched_cls'].includes(callerOf(helper)));
/** A tail call that fails changes nothing; one that a subprogram made is in test/cases/verifier/tail-calls.txt. */
const staying = onPackets.filter(([name]) => name !== 'bpf_tail_call');

test.skipIf(!available).each(staying)(
  `packet pointers survive %s exactly where stated ${reason}`,
  (_name, helper) => {
    expect([helper.name, loads(helper, {}, true) === true]).toEqual([
      helper.name,
      helper.changesPacket !== true,
    ]);
  },
);

test.skipIf(!available).each(onPackets)(
  `pointers into the packet are memory to %s exactly where stated ${reason}`,
  (_name, helper) => {
    helper.args.forEach((arg, i) => {
      const isRead =
        arg.kind === 'mem' || arg.kind === 'map_value' ? arg.uninit !== true : arg.kind === 'map_key';
      if (!isRead) return;
      const answer = loads(helper, { [i]: `r${i + 1} = r9` }, true);
      const refused = answer !== true && answer.includes('helper access to the packet is not allowed');
      expect([i, !refused]).toEqual([i, helper.takesPacket === true]);
    });
  },
);

/** Reserves a record; `use` then finds its address in r7. */
const reserved = (use: string): string => `
  r1 = map[idx:0][]
  r2 = 16
  r3 = 0
  call ${helperByName('bpf_ringbuf_reserve')!.id}
  if r0 == 0 goto out
  r7 = r0
  ${use}
out:
  r0 = 0
  exit`;

test.skipIf(!available).each(['bpf_ringbuf_submit', 'bpf_ringbuf_discard'])(
  `Linux takes %s with reserved memory and nothing else, once ${reason}`,
  (name) => {
    const call = (argument: string) => `r1 = ${argument}\nr2 = 0\ncall ${helperByName(name)!.id}`;
    const takes = (use: string): boolean => {
      const load = progLoad({
        type: hookByName('xdp')!.id,
        insns: assemble(reserved(use)),
        license: 'GPL',
        maps: [maps.get('ringbuf')!],
      });
      if (load.ok) load.program.close();
      return load.ok;
    };
    expect(takes(call('r7'))).toBe(true);
    expect(takes('')).toBe(false);
    expect(takes(`${call('r7')}\n${call('r7')}`)).toBe(false);
    expect(takes(call('r10'))).toBe(false);
    expect(takes(call('0'))).toBe(false);
  },
);

test('an attach type may take helpers away and give others', () => {
  const bind = helperByName('bpf_bind')!.id;
  expect(mayCall('cgroup_sock_addr', bind, 'cgroup_inet4_connect')).toBe(true);
  expect(mayCall('cgroup_sock_addr', bind, 'cgroup_inet4_bind')).toBe(false);
  const setsockopt = helperByName('bpf_setsockopt')!.id;
  expect(mayCall('cgroup_sockopt', setsockopt, 'cgroup_getsockopt')).toBe(false);
  expect(mayCall('cgroup_sockopt', setsockopt, 'cgroup_setsockopt')).toBe(true);
  expect(mayCall('lsm', bind, 'lsm_mac')).toBe(false);
  expect(mayCall('lsm', helperByName('bpf_inode_storage_get')!.id, 'lsm_mac')).toBe(true);
  expect(mayCall('struct_ops', bind)).toBe(false);
  expect(mayCall('ext', bind)).toBeUndefined();
});

test('every helper of Linux 6.18 has a name', () => {
  expect(HELPER_NAMES.length).toBe(212);
  expect(helperName(0)).toBeUndefined();
  expect(helperName(211)).toBe('bpf_cgrp_storage_delete');
  expect(helperById(1)?.name).toBe('bpf_map_lookup_elem');
});

test('helpers that map types name exist', () => {
  for (const name of mapType('hash').helpers) expect(HELPER_NAMES.map((row) => `bpf_${row}`)).toContain(name);
});
