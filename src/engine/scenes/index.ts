import { KernelError } from '../../errors/errno.js';
import type { RunInput } from '../../kernel/kernel.js';
import type { EngineMemory } from '../memory.js';
import { flowDissectorScene } from './flow-dissector.js';
import { rawTracepointScene } from './raw-tracepoint.js';
import type { Scene, SceneMaker } from './scene.js';
import { skLookupScene } from './sk-lookup.js';
import { skbScene } from './skb.js';
import { bytesScene, structScene } from './struct.js';
import { xdpScene } from './xdp.js';

export type { Scene } from './scene.js';

/** Types whose context is a struct that the caller gives. */
const STRUCTS = [
  'cgroup_device',
  'cgroup_sock',
  'cgroup_sock_addr',
  'cgroup_sockopt',
  'cgroup_sysctl',
  'kprobe',
  'lirc_mode2',
  'perf_event',
  'sk_msg',
  'sk_reuseport',
  'sock_ops',
];
/** Longest context of a syscall program, and longest record of a tracepoint. */
const MAX_SYSCALL_CTX = 0xffff;
const MAX_RECORD = 8192;

/** What a test run lays out in front of a program, by program type. */
const SCENES: Readonly<Record<string, SceneMaker>> = {
  xdp: xdpScene,
  sched_cls: skbScene(true),
  sched_act: skbScene(true),
  socket_filter: skbScene(false),
  cgroup_skb: skbScene(false),
  lwt_in: skbScene(false),
  lwt_out: skbScene(false),
  lwt_xmit: skbScene(false),
  lwt_seg6local: skbScene(false),
  sk_skb: skbScene(false),
  sk_lookup: skLookupScene,
  flow_dissector: flowDissectorScene,
  raw_tracepoint: rawTracepointScene,
  raw_tracepoint_writable: rawTracepointScene,
  tracepoint: bytesScene(MAX_RECORD, true),
  syscall: bytesScene(MAX_SYSCALL_CTX, true),
  ...Object.fromEntries(STRUCTS.map((type) => [type, structScene(type)])),
};

/** Whether programs of a type have a test run. */
export function hasTestRun(type: string): boolean {
  return SCENES[type] !== undefined;
}

/**
 * Lays a packet or a context out in the memory for a program of a type, as a test run does.
 * @throws {KernelError} as `testRun`
 */
export function openScene(memory: EngineMemory, type: string, input: RunInput): Scene {
  const make = SCENES[type];
  if (make === undefined) {
    throw new KernelError('EOPNOTSUPP', `programs of type ${type} have no test run`, { facts: { type } });
  }
  return make(memory, input);
}
