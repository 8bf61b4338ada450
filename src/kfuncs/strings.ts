import { type Kfunc, kfunc } from './kfunc.js';

/** A function of the C library of this name, safe on any address. */
const safe = (name: string, doc: string): Kfunc => kfunc(`bpf_${name}`, '6.17', doc);

/** Text at any address. */
export const strings = [
  safe('strcmp', 'Compares two strings.'),
  kfunc('bpf_strcasecmp', '6.18', 'Compares two strings, letters of either case alike.'),
  safe('strchr', 'Where a character is first.'),
  safe('strchrnul', 'Where a character is first, or the end.'),
  safe('strnchr', 'Where a character is in the first bytes.'),
  safe('strrchr', 'Where a character is last.'),
  safe('strlen', 'Its length.'),
  safe('strnlen', 'Its length, up to a limit.'),
  safe('strspn', 'How long it goes on with characters of a set.'),
  safe('strcspn', 'How long it goes on without any of a set.'),
  safe('strstr', 'Where another string is in it.'),
  safe('strnstr', 'Where another string is in its first bytes.'),
];
