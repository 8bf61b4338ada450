import { KernelError } from '../../errors/errno.js';
import type { RunInput } from '../../kernel/kernel.js';
import type { EngineMemory } from '../memory.js';
import { rawTracepointScene } from './raw-tracepoint.js';
import type { Scene, SceneMaker } from './scene.js';
import { skbScene } from './skb.js';
import { xdpScene } from './xdp.js';

export type { Scene } from './scene.js';

/** What a test run lays out in front of a program, by program type. */
const SCENES: Readonly<Record<string, SceneMaker>> = {
  xdp: xdpScene,
  sched_cls: skbScene(true),
  sched_act: skbScene(true),
  socket_filter: skbScene(false),
  raw_tracepoint: rawTracepointScene,
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
