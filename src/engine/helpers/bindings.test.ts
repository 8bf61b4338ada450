import { expect, test } from 'vitest';
import { HELPERS, helperByName } from '../../helpers/registry.js';
import { MAP_TYPES } from '../../maps/registry.js';
import type { HelperBinding } from '../abi.js';
import { EngineMemory } from '../memory.js';
import { World } from '../world/world.js';
import { bindingFor, createHostHelpers } from './bindings.js';
import { TraceLog } from './trace-log.js';

const CODE = { i32: 0x7f, i64: 0x7e } as const;

/** A module that does nothing but import one function of the given type. */
function importer({ name, params, result }: Extract<HelperBinding, { kind: 'runtime' }>): WebAssembly.Module {
  const text = (value: string) => [value.length, ...new TextEncoder().encode(value)];
  const section = (id: number, body: number[]) => [id, body.length, ...body];
  const results = result === 'void' ? [] : [CODE[result]];
  const type = [1, 0x60, params.length, ...params.map((p) => CODE[p]), results.length, ...results];
  const imports = [1, ...text('runtime'), ...text(name), 0, 0];
  return new WebAssembly.Module(
    Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, ...section(1, type), ...section(2, imports)]),
  );
}

const memory = EngineMemory.create();
const runtime = memory.runtime as unknown as WebAssembly.ModuleImports;
const host = createHostHelpers({ memory, trace: new TraceLog(), world: World.alone(memory) });
const maps = [
  undefined,
  ...MAP_TYPES.flatMap((type) =>
    [4, 8, 16, 20].map((keySize) => ({
      name: 'm',
      type,
      keySize,
      valueSize: 8,
      maxEntries: 1,
      flags: 0,
      frozen: false,
    })),
  ),
];

const bound = HELPERS.filter(({ id }) => bindingFor(id) !== undefined);

test.each(bound.map(({ name, id }) => [name, id] as const))(
  '%s is bound to an existing function of the right type, whatever the map and the program',
  (_name, id) => {
    for (const map of maps) {
      for (const programType of ['xdp', 'sched_cls', 'tracepoint']) {
        const binding = bindingFor(id, map === undefined ? { programType } : { programType, map });
        expect(binding).toBeDefined();
        if (binding?.kind === 'runtime') new WebAssembly.Instance(importer(binding), { runtime });
        if (binding?.kind === 'host') expect(host).toHaveProperty(binding.name);
      }
    }
  },
);

test('a lookup in a hash with 4-byte keys takes the short way', () => {
  const map = maps[1]!;
  expect(bindingFor(1, { map })).toMatchObject({ name: 'hash_lookup_4' });
});

test('licence and callers of a helper are those measured on Linux', () => {
  expect(helperByName('bpf_trace_printk')).toMatchObject({ id: 6, gplOnly: true, programs: 'all' });
  expect(helperByName('bpf_xdp_adjust_head')).toMatchObject({ id: 44, gplOnly: false, programs: ['xdp'] });
});
