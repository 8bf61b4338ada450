import { mapCreate, progLoad, progTestRun } from '../src/linux/bpf.js';
import { mapType } from '../src/maps/registry.js';
import { type ObjectSpec, relocate } from '../src/object/index.js';

/** A program loaded into this machine's kernel. */
export interface KernelSide {
  /** BPF_PROG_TEST_RUN, which answers whole nanoseconds per run. */
  run(times: number): { readonly nanoseconds: number; readonly r0: number };
  close(): void;
}

const XDP = 6;

/** @throws {KernelError} when the kernel does not let this process. */
export function prepareKernel(spec: ObjectSpec, packet: Uint8Array): KernelSide {
  const program = spec.programs[0];
  if (program === undefined) throw new Error('the object holds no program');
  const maps = spec.maps.map(({ type, keySize, valueSize, maxEntries, flags }) =>
    mapCreate({ type: mapType(type).id, keySize, valueSize, maxEntries, flags }),
  );
  const loaded = progLoad({
    type: XDP,
    insns: relocate(program, { mapIndex: (name) => spec.maps.findIndex((map) => map.name === name) }),
    license: program.license,
    maps,
    logLevel: 1,
  });
  if (!loaded.ok) throw new Error(`the kernel refused the program:\n${loaded.log}`);
  return {
    run: (times) => {
      const { duration, returnValue } = progTestRun(loaded.program, { data: packet, repeat: times });
      return { nanoseconds: duration, r0: returnValue };
    },
    close: () => {
      loaded.program.close();
      for (const map of maps) map.close();
    },
  };
}
