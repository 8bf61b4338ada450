import { ATTACH_TYPES, type AttachType, attachTypeByName } from '../hooks/index.js';
import { didYouMean, UsageError } from './usage.js';
import type { Words } from './words.js';

/** `cgroup_inet4_connect`, or bpftool's older word for it, `connect4`. */
export function takeCgroupAttachType(words: Words): AttachType {
  const word = words.take('an attach type');
  const found = attachTypeByName(word) ?? attachTypeByName(`cgroup_${word}`);
  if (found?.name.startsWith('cgroup_')) return found;
  const known = ATTACH_TYPES.map(({ name }) => name).filter((name) => name.startsWith('cgroup_'));
  throw new UsageError(`invalid attach type '${word}'`, didYouMean(word, known));
}
