import { beforeEach, expect, test } from 'vitest';
import type { FrameAddr } from '../state/domain.js';
import * as L from '../state/layout.js';
import { StateMemory } from '../state/state-memory.js';
import { frameText, regText, slotText } from './state-text.js';

const NAMES = {
  maps: [
    { name: 'foo', keySize: 4, valueSize: 64 },
    { name: '', keySize: 8, valueSize: 16 },
  ],
};
let memory: StateMemory;
let frame: FrameAddr;

beforeEach(() => {
  memory = new StateMemory();
  frame = memory.currentFrame(memory.ops.newState(0));
});

const reg = (index: number) => memory.reg(frame, index);
const text = (index: number) => regText(memory, reg(index), NAMES);

test('a constant is decimal when it fits 16 bits and a 64-bit word otherwise', () => {
  for (const [value, expected] of [
    [5, '5'],
    [-1, '-1'],
    [32767, '32767'],
    [32768, '0x8000'],
    [70000, '0x11170'],
    [-70000, '0xfffffffffffeee90'],
  ] as const) {
    memory.ops.moveImm(64, reg(2), value);
    expect(text(2)).toBe(expected);
  }
  memory.setPrecise(reg(2), true);
  expect(text(2)).toBe('P0xfffffffffffeee90');
});

test('bounds with the same value share it, and what is unbounded is not printed', () => {
  memory.ops.markUnknown(reg(2));
  expect(text(2)).toBe('scalar()');
  memory.ops.truncateTo(reg(2), 1);
  expect(text(2)).toBe('scalar(smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff))');
  memory.ops.markUnknown(reg(3));
  memory.ops.truncateTo(reg(3), 4);
  expect(text(3)).toBe('scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff))');
});

test('a linked scalar names its id and its distance', () => {
  memory.ops.markUnknown(reg(2));
  memory.ops.truncateTo(reg(2), 1);
  memory.ops.move(reg(3), reg(2));
  memory.ops.aluImm(0, 64, reg(3), 5);
  expect(text(2)).toBe('scalar(id=1,smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff))');
  expect(text(3)).toBe(
    'scalar(id=1+5,smin=umin=smin32=umin32=5,smax=umax=smax32=umax32=260,var_off=(0x0; 0x1ff))',
  );
});

test('pointers print what belongs to their type', () => {
  memory.ops.markPointer(reg(1), L.TYPE_CTX);
  expect(text(1)).toBe('ctx()');
  expect(text(10)).toBe('fp0');
  memory.ops.pointerAddImm(reg(2), reg(10), -4);
  expect(text(2)).toBe('fp-4');
  expect(regText(memory, reg(2), NAMES, 1)).toBe('fp[0]-4');
  memory.ops.markPointer(reg(3), L.TYPE_CONST_MAP);
  expect(text(3)).toBe('map_ptr(map=foo,ks=4,vs=64)');
  memory.ops.markPointer(reg(4), L.TYPE_MAP_VALUE | L.FLAG_MAYBE_NULL);
  memory.setId(reg(4), 1);
  memory.setMap(reg(4), 1);
  expect(text(4)).toBe('map_value_or_null(id=1,ks=8,vs=16)');
  memory.ops.markPointer(reg(5), L.TYPE_PACKET);
  memory.setId(reg(5), 2);
  memory.setOff(reg(5), 14);
  memory.setRange(reg(5), 34);
  expect(text(5)).toBe('pkt(id=2,off=14,r=34)');
  memory.ops.markPointer(reg(6), L.TYPE_MEM | L.FLAG_RINGBUF);
  memory.setMemSize(reg(6), 24);
  memory.setRefObjId(reg(6), 3);
  expect(text(6)).toBe('ringbuf_mem(ref_obj_id=3,sz=24)');
});

test('a stack slot prints its bytes, or what was spilled there with the bytes above it', () => {
  memory.growStack(frame, 24);
  expect(slotText(memory, frame, 0, NAMES)).toBeUndefined();
  for (let byte = 0; byte < 4; byte++) memory.setSlotType(frame, 0, byte, L.SLOT_MISC);
  expect(slotText(memory, frame, 0, NAMES)).toBe('fp-8=mmmm????');
  memory.fillSlot(frame, 1, L.SLOT_SPILL);
  memory.ops.moveImm(64, memory.spilled(frame, 1), 0);
  expect(slotText(memory, frame, 1, NAMES)).toBe('fp-16=0');
  for (let byte = 4; byte < 8; byte++) memory.setSlotType(frame, 2, byte, L.SLOT_SPILL);
  memory.ops.moveImm(64, memory.spilled(frame, 2), 7);
  expect(slotText(memory, frame, 2, NAMES)).toBe('fp-24=????7');
});

test('a frame prints what was written, the inner ones with their number', () => {
  memory.ops.markPointer(reg(1), L.TYPE_CTX);
  expect(frameText(memory, frame, NAMES)).toBe(' R1=ctx() R10=fp0');
  memory.growStack(frame, 8);
  memory.fillSlot(frame, 0, L.SLOT_ZERO);
  expect(frameText(memory, frame, NAMES, { regs: 1 << 10, slot: () => true })).toBe(' R10=fp0 fp-8=00000000');
  const state = memory.ops.newState(0);
  const inner = memory.ops.pushFrame(state, 3, 1);
  expect(frameText(memory, inner, NAMES)).toBe(' frame1: R10=fp0');
});
