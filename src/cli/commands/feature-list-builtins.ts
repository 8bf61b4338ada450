import { HELPER_NAMES } from '../../helpers/names.js';
import { ATTACH_TYPES } from '../../hooks/index.js';
import { PROGRAM_TYPES } from '../../hooks/program-types.js';
import { LINUX_LINK_TYPES } from '../../kernel/link-types.js';
import { LINUX_MAP_TYPES } from '../../maps/registry.js';
import type { Run } from '../context.js';

const GROUPS = {
  prog_types: () => PROGRAM_TYPES.map(({ name }) => name),
  map_types: () => ['unspec', ...LINUX_MAP_TYPES.map(({ name }) => name)],
  attach_types: () => ATTACH_TYPES.map(({ name }) => name),
  link_types: () => LINUX_LINK_TYPES,
  helpers: () => HELPER_NAMES.map((name) => `bpf_${name}`),
} as const;

/** What skep has names for, whatever the kernel. */
export const run: Run = async ({ words, out }) => {
  const group = words.keyword(Object.keys(GROUPS) as (keyof typeof GROUPS)[]);
  words.end();
  const names = GROUPS[group]();
  if (out.json) out.answer(names);
  else out.write(names.map((name) => `${name}\n`).join(''));
  return undefined;
};
