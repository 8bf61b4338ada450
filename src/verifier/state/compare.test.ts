import { beforeEach, describe, expect, test } from 'vitest';
import type { FrameAddr, StateAddr } from './domain.js';
import * as L from './layout.js';
import { StateMemory } from './state-memory.js';

let memory: StateMemory;
let old: StateAddr;
let cur: StateAddr;
const JLE = 0xb0;

beforeEach(() => {
  memory = new StateMemory();
  old = memory.ops.newState(0);
  cur = memory.ops.newState(0);
  memory.setLiveRegs(0, 0x7ff);
});

/** A scalar from 0 to `max`, precise, in a register of a state. */
function scalar(state: StateAddr, index: number, max: number, precise = true): number {
  const reg = memory.reg(memory.currentFrame(state), index);
  memory.ops.markUnknown(reg);
  memory.ops.refineImm(JLE, 64, 1, reg, max);
  memory.setPrecise(reg, precise);
  return reg;
}

const covers = (exact = L.COMPARE_NOT_EXACT) => memory.ops.statesEqual(old, cur, exact) === 1;

describe('scalars', () => {
  test('an old range covers a narrower one, not a wider one', () => {
    scalar(old, 2, 100);
    scalar(cur, 2, 50);
    expect(covers()).toBe(true);
    scalar(cur, 2, 101);
    expect(covers()).toBe(false);
  });

  test('an imprecise old scalar covers any scalar, but only when ranges do not matter', () => {
    scalar(old, 2, 1, false);
    scalar(cur, 2, 1000);
    expect(covers()).toBe(true);
    expect(covers(L.COMPARE_RANGE_WITHIN)).toBe(false);
    expect(covers(L.COMPARE_EXACT)).toBe(false);
  });

  test('an imprecise old scalar does not cover a pointer', () => {
    scalar(old, 2, 1, false);
    memory.ops.markPointer(memory.reg(memory.currentFrame(cur), 2), L.TYPE_CTX);
    expect(covers()).toBe(false);
  });

  test('a register that is read no more is not compared', () => {
    scalar(old, 2, 1);
    scalar(cur, 2, 1000);
    memory.setLiveRegs(0, 0x7ff & ~(1 << 2));
    expect(covers()).toBe(true);
  });

  test('a register never read by the old path may hold anything, except in an exact comparison', () => {
    scalar(cur, 2, 1000);
    expect(covers()).toBe(true);
    expect(covers(L.COMPARE_EXACT)).toBe(false);
  });

  test('linked old scalars need linked new ones; unlinked old scalars do not mind links', () => {
    const [r2, r3] = [scalar(old, 2, 9), scalar(old, 3, 9)];
    const [n2, n3] = [scalar(cur, 2, 9), scalar(cur, 3, 9)];
    memory.setId(n2, 7);
    memory.setId(n3, 7);
    expect(covers()).toBe(true);
    memory.setId(r2, 5);
    memory.setId(r3, 5);
    expect(covers()).toBe(true);
    memory.setId(n3, 0);
    expect(covers()).toBe(false);
  });

  test('a linked scalar at a distance covers only one at the same distance', () => {
    const [a, b] = [scalar(old, 2, 9), scalar(cur, 2, 9)];
    memory.setId(a, 5 | L.ID_ADD_CONST64);
    memory.setId(b, 8 | L.ID_ADD_CONST64);
    memory.setOff(a, 1);
    memory.setOff(b, 1);
    expect(covers()).toBe(true);
    memory.setOff(b, 2);
    expect(covers()).toBe(false);
  });
});

describe('pointers', () => {
  function packet(state: StateAddr, range: number, off = 0): void {
    const reg = memory.reg(memory.currentFrame(state), 2);
    memory.ops.markPointer(reg, L.TYPE_PACKET);
    memory.setRange(reg, range);
    memory.setOff(reg, off);
  }

  test('a packet pointer covers one with at least its range at the same offset', () => {
    packet(old, 14);
    packet(cur, 20);
    expect(covers()).toBe(true);
    packet(cur, 13);
    expect(covers()).toBe(false);
    packet(cur, 20, 1);
    expect(covers()).toBe(false);
  });

  test('a map value of another map is another thing', () => {
    const [a, b] = [old, cur].map((state) => memory.reg(memory.currentFrame(state), 2)) as [number, number];
    memory.ops.markPointer(a, L.TYPE_MAP_VALUE);
    memory.ops.markPointer(b, L.TYPE_MAP_VALUE);
    expect(covers()).toBe(true);
    memory.setMap(b, 1);
    expect(covers()).toBe(false);
  });

  test('a pointer that may be null does not stand for one that may not, nor the other way round', () => {
    const [a, b] = [old, cur].map((state) => memory.reg(memory.currentFrame(state), 2)) as [number, number];
    memory.ops.markPointer(a, L.TYPE_MAP_VALUE);
    memory.ops.markPointer(b, L.TYPE_MAP_VALUE | L.FLAG_MAYBE_NULL);
    expect(covers()).toBe(false);
  });
});

describe('stack', () => {
  let a: FrameAddr;
  let b: FrameAddr;
  beforeEach(() => {
    a = memory.currentFrame(old);
    b = memory.currentFrame(cur);
  });

  test('written bytes cover zero bytes, not the other way round', () => {
    memory.growStack(a, 8);
    memory.growStack(b, 8);
    memory.ops.setUninitAllowed(0);
    memory.fillSlot(a, 0, L.SLOT_MISC);
    memory.fillSlot(b, 0, L.SLOT_ZERO);
    expect(covers()).toBe(true);
    memory.fillSlot(a, 0, L.SLOT_ZERO);
    memory.fillSlot(b, 0, L.SLOT_MISC);
    expect(covers()).toBe(false);
  });

  test('a slot that the old path needs must exist', () => {
    memory.growStack(a, 8);
    memory.fillSlot(a, 0, L.SLOT_ZERO);
    expect(covers()).toBe(false);
  });

  test('a deeper stack than the old path used does not matter', () => {
    memory.growStack(b, 64);
    memory.fillSlot(b, 7, L.SLOT_MISC);
    expect(covers()).toBe(true);
  });

  test('spilled scalars compare as registers do, and with written bytes as unknown scalars', () => {
    for (const frame of [a, b]) memory.growStack(frame, 8);
    memory.fillSlot(a, 0, L.SLOT_SPILL);
    memory.fillSlot(b, 0, L.SLOT_MISC);
    memory.ops.copyReg(memory.spilled(a, 0), scalar(old, 2, 10));
    memory.setLiveRegs(0, 0);
    expect(covers()).toBe(false);
    memory.setPrecise(memory.spilled(a, 0), false);
    expect(covers()).toBe(true);
  });
});

describe('copies', () => {
  test('a saved state takes its used stack only and comes back whole', () => {
    const frame = memory.currentFrame(old);
    memory.growStack(frame, 16);
    memory.fillSlot(frame, 1, L.SLOT_SPILL);
    memory.ops.copyReg(memory.spilled(frame, 1), scalar(old, 2, 42));
    const inner = memory.ops.pushFrame(old, 5, 1);
    memory.ops.moveImm(64, memory.reg(inner, 6), -3);
    const saved = memory.ops.saveState(old);
    memory.ops.copyState(cur, saved);
    for (const state of [saved, cur]) {
      memory.setLiveRegs(1, 0x7ff);
      expect(memory.ops.statesEqual(old, state, L.COMPARE_EXACT)).toBe(1);
      expect(memory.callsite(memory.currentFrame(state))).toBe(5);
      expect(memory.constNumber(memory.reg(memory.currentFrame(state), 6))).toBe(-3);
    }
    memory.ops.popFrame(cur);
    expect(memory.umaxNumber(memory.spilled(memory.currentFrame(cur), 1))).toBe(42);
  });

  test('freed records are used again', () => {
    for (let round = 0; round < 3; round++) memory.ops.freeState(memory.ops.saveState(old));
    const before = memory.ops.memoryInUse();
    for (let round = 0; round < 1000; round++) memory.ops.freeState(memory.ops.saveState(old));
    expect(memory.ops.memoryInUse()).toBe(before);
  });

  test('values stay readable while the memory grows', () => {
    const reg = scalar(old, 2, 77);
    for (let count = 0; count < 300; count++) memory.ops.cloneState(old);
    expect(memory.umax(reg)).toBe(77n);
    expect(memory.umaxNumber(reg)).toBe(77);
  });
});

test('widening forgets imprecise scalars that changed since the loop’s last round, and keeps the others', () => {
  scalar(old, 2, 10, false);
  scalar(old, 3, 10, false);
  scalar(old, 4, 10);
  const [changed, same, precise] = [scalar(cur, 2, 11, false), scalar(cur, 3, 10, false), scalar(cur, 4, 11)];
  memory.ops.widenImprecise(old, cur);
  expect([changed, same, precise].map((reg) => memory.umaxNumber(reg))).toEqual([2 ** 64, 10, 11]);
});
