import { type Btf, type BtfTypeId, formatC } from '../../btf/index.js';
import type { Kernel } from '../../kernel/kernel.js';
import { type BtfSource, readBtfFile, takeBtf } from '../btf-source.js';
import type { Run } from '../context.js';
import { CommandError } from '../failure.js';
import { rawJson, rawText } from '../format/btf-raw.js';
import { didYouMean, UsageError } from '../usage.js';
import type { Words } from '../words.js';

export const run: Run = async ({ words, options, out, withKernel }) => {
  const baseFile = options.get('base-btf');
  const base = typeof baseFile === 'string' ? await readBtfFile(baseFile) : undefined;
  const inKernel = (work: (kernel: Kernel) => Promise<BtfSource>) =>
    withKernel('read', ({ kernel }) => work(kernel));
  const { btf, roots: sourceRoots } = await takeBtf(words, base, inKernel);
  const wanted = takeFormat(words, btf);
  const all = btf.base === undefined ? undefined : ownIds(btf);
  const chosen = wanted.roots.length > 0 ? wanted.roots : (sourceRoots ?? all);
  if (wanted.format === 'c') {
    if (out.json) throw new CommandError("JSON output for C-syntax dump isn't supported");
    const roots = chosen === undefined ? {} : { roots: chosen };
    out.write(formatC(btf, { guard: '__VMLINUX_H__', typeTags: true, ...roots }));
    return undefined;
  }
  const ids = chosen ?? ownIds(btf);
  if (out.json) out.answer({ types: ids.map((id) => rawJson(btf, id)) });
  else for (const id of ids) out.write(rawText(btf, id));
  return undefined;
};

/** All types but `void` and those of the base. */
function ownIds({ types, base }: Btf): BtfTypeId[] {
  const first = base?.types.length ?? 1;
  return Array.from({ length: types.length - first }, (_, index) => first + index);
}

function takeFormat(words: Words, btf: Btf): { format: 'raw' | 'c'; roots: readonly BtfTypeId[] } {
  let format: 'raw' | 'c' = 'raw';
  const roots: BtfTypeId[] = [];
  while (words.left > 0) {
    if (words.keyword(['format', 'root_id']) === 'root_id') roots.push(takeRoot(words, btf));
    else {
      format = takeFormatName(words);
      // Types are never sorted: they come in the order of their ids.
      if (format === 'c') words.accept('unsorted');
    }
  }
  return { format, roots };
}

function takeRoot(words: Words, { types }: Btf): BtfTypeId {
  const id = words.number('root_id');
  if (id > 0 && id < types.length) return id;
  throw new CommandError(`invalid root_id ${id}`, { hint: `Ids of types are 1 to ${types.length - 1}.` });
}

function takeFormatName(words: Words): 'raw' | 'c' {
  const word = words.take('a format');
  if (word === 'raw' || word === 'c') return word;
  throw new UsageError(`unrecognized format specifier: '${word}'`, didYouMean(word, ['raw', 'c']));
}
