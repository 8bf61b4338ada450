// Nanoseconds of the verifier's elementary steps: node bench/verifier-state.mjs
import { build } from 'esbuild';

const result = await build({
  stdin: {
    contents: `export { StateMemory } from './src/verifier/state/state-memory.ts'; export * as L from './src/verifier/state/layout.ts';`,
    resolveDir: process.cwd(),
    loader: 'ts',
  },
  bundle: true,
  format: 'esm',
  write: false,
});
const code = Buffer.from(result.outputFiles[0].contents).toString('base64');
const { StateMemory, L } = await import(`data:text/javascript;base64,${code}`);

const memory = new StateMemory();
const { ops } = memory;
const state = ops.newState(0);
const frame = memory.currentFrame(state);
const [word, byte, work] = [memory.reg(frame, 2), memory.reg(frame, 3), ops.newReg()];
ops.markUnknown(word);
ops.truncateTo(word, 4);
ops.markUnknown(byte);
ops.truncateTo(byte, 1);
memory.growStack(frame, 64);
for (let slot = 0; slot < 8; slot++) {
  memory.fillSlot(frame, slot, L.SLOT_SPILL);
  ops.copyReg(memory.spilled(frame, slot), word);
}
memory.setLiveRegs(0, 0x7ff);
const other = ops.cloneState(state);

/** Runs a step on a fresh copy of a register. */
const onCopy = (step) => () => {
  ops.copyReg(work, word);
  step();
};
const STEPS = {
  'copy a register': onCopy(() => {}),
  'copy, add': onCopy(() => ops.aluScalar(0x00, 64, work, byte)),
  'copy, multiply': onCopy(() => ops.aluScalar(0x20, 64, work, byte)),
  'copy, and 255': onCopy(() => ops.aluImm(0x50, 64, work, 255)),
  'synchronise bounds': () => ops.syncBounds(word),
  'decide a branch': () => ops.branchTakenImm(0x20, 64, word, 100),
  'copy, refine by a branch': onCopy(() => ops.refineImm(0x20, 64, 1, work, 100)),
  'copy a state with 8 spills': () => ops.copyState(other, state),
  'save and free a state with 8 spills': () => ops.freeState(ops.saveState(state)),
  'compare two equal states': () => ops.statesEqual(other, state, 0),
  'compare two equal states exactly': () => ops.statesEqual(other, state, 1),
  'read a bound as a number': () => memory.umaxNumber(word),
};
const ROUNDS = 1_000_000;
for (const [name, step] of Object.entries(STEPS)) {
  for (let round = 0; round < ROUNDS / 10; round++) step();
  // CPU time, so that other work on the machine does not count.
  const start = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round++) step();
  const nanoseconds = (process.cpuUsage(start).user * 1e3) / ROUNDS;
  process.stdout.write(`${name.padEnd(40)} ${nanoseconds.toFixed(1).padStart(8)} ns\n`);
}
