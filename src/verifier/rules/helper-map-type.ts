import type { Rule } from './rule.js';

export const helperMapType: Rule<{
  readonly mapType: number;
  readonly name: string;
  readonly id: number;
  /** The map holds sockets, and the program may run while one is locked. */
  readonly sockets?: boolean;
}> = {
  id: 'helper-map-type',
  errno: 'EINVAL',
  message: ({ mapType, name, id, sockets }) =>
    `${sockets === true ? 'cannot update sockmap in this context\n' : ''}cannot pass map_type ${mapType} into func ${name}#${id}`,
  explanation: 'This helper does not work on maps of this type.',
  hint: "Use the helper that goes with the map's type.",
  fails: {
    source:
      '*(u32 *)(r10 - 4) = 0\nr2 = r10\nr2 += -4\nr1 = map[progs]\ncall bpf_map_lookup_elem\nr0 = 0\nexit',
  },
  passes: {
    source:
      '*(u32 *)(r10 - 4) = 0\nr2 = r10\nr2 += -4\nr1 = map[hash]\ncall bpf_map_lookup_elem\nr0 = 0\nexit',
  },
};
