/** Calls the program in `slot` of the function table `times` times; the last run's r0. */
export function run_repeat(slot: u32, ctx: u64, times: u32): u64 {
  let result: u64 = 0;
  for (let i: u32 = 0; i < times; i++) result = call_indirect<u64>(slot, ctx);
  return result;
}
