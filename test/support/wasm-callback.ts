/**
 * A TypeScript function as a program: something that a function table takes and `call_indirect` may call.
 * The module imports a function of type (i64) -> i64 and exports it again.
 */
export function wasmCallback(callback: (ctx: bigint) => bigint): () => unknown {
  const code = Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...[0x01, 0x06, 0x01, 0x60, 0x01, 0x7e, 0x01, 0x7e],
    ...[0x02, 0x07, 0x01, 0x01, 0x65, 0x01, 0x66, 0x00, 0x00],
    ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00],
  ]);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(code), { e: { f: callback } });
  return instance.exports['f'] as () => unknown;
}
