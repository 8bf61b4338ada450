/** Where a compilation's files come from: the bytes of a file, or undefined when there is none. */
export type SourceReader = (path: string) => Uint8Array | undefined;

export interface Sources {
  readonly files: Record<string, Uint8Array>;
  /** Every identifier in them; of skep's own headers only the types that they are written with. */
  readonly words: ReadonlySet<string>;
  /**
   * What is defined in them: `struct foo`, `union foo`, `enum foo`; the enumerators of headers of Linux that are not
   * skep's own.
   */
  readonly defined: ReadonlySet<string>;
  /** Functions that they define, or declare as the kernel's. */
  readonly functions: ReadonlySet<string>;
  /**
   * Whether the source has a header that calls itself `vmlinux.h` but lacks even `__u8`: one with some types only, beside
   * which those of Linux's headers are needed.
   */
  readonly hasPartialVmlinux: boolean;
  /** Headers that were found nowhere, and are left to `provide`. */
  readonly missing: ReadonlySet<string>;
}

/** Up to a brace, and up to the mark of what the kernel has; parameters may be functions themselves. */
const DEFINED_FUNCTION = /\b(\w+)\s*\([^;{}()]*\)\s*\{/g;
const KERNEL_FUNCTION = /\b(\w+)\s*\((?:[^;{}()]|\([^;{}()]*\))*\)[\s\w]*?\b__ksym\b/g;
const INCLUDE = /^[ \t]*#[ \t]*include(?:_next)?[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)/gm;
const WORD = /[A-Za-z_]\w*/g;
const OWN_TYPE = /\b(?:__[us](?:8|16|32|64)|__be(?:16|32|64)|__wsum|size_t|pt_regs|bpf_iter_num)\b/g;

/** Headers that may stand in for those that skep carries. */
const LINUX = /(?:^|\/)(?:linux|asm|asm-generic|bits|sys|netinet)\//;
/** What calls itself so, or is a part of it: its types are not written again beside it. */
const VMLINUX = /(?:^|\/)vmlinux[^/]*\.h$/;
const VMLINUX_GUARD = /^[ \t]*#[ \t]*define[ \t]+__VMLINUX_H__\b/m;
const DEFINES_U8 = /\btypedef\b[^;]*\b__u8;/;
const TAGGED = /\b(struct|union|enum)\s+(\w+)\s*\{/g;
const ENUMERATION = /\benum\b[^{;()]*\{([^}]*)\}/g;
const ENUMERATOR = /(?:^|,)\s*(\w+)/g;

function addFunctions(text: string, functions: Set<string>): void {
  for (const [, name = ''] of text.matchAll(DEFINED_FUNCTION)) functions.add(name);
  if (!text.includes('__ksym')) return;
  for (const [, name = ''] of text.matchAll(KERNEL_FUNCTION)) functions.add(name);
}

function addTags(text: string, defined: Set<string>): void {
  for (const [, kind, name] of text.matchAll(TAGGED)) defined.add(`${kind} ${name}`);
}

function addEnumerators(text: string, defined: Set<string>): void {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, ' ');
  for (const [, body = ''] of code.matchAll(ENUMERATION)) {
    for (const [, name = ''] of body.matchAll(ENUMERATOR)) defined.add(name);
  }
}

/**
 * Finds sources and all that they include, whatever its conditions say: clang sees only what it is handed.
 *
 * @param own the text of a header that skep carries itself; it comes after `includeDirs`, before `systemDirs`
 */
export function collectSources(
  sources: readonly string[],
  read: SourceReader,
  dirs: {
    readonly include: readonly string[];
    readonly system: readonly string[];
    readonly ownFolder: string;
  },
  own: (name: string) => string | undefined,
): Sources {
  const files: Record<string, Uint8Array> = {};
  const words = new Set<string>();
  const missing = new Set<string>();
  const defined = new Set<string>();
  const decoder = new TextDecoder();
  const functions = new Set<string>();
  let hasPartialVmlinux = false;
  const waiting: string[] = [];
  const add = (path: string, bytes: Uint8Array) => {
    if (path in files) return;
    files[path] = bytes;
    waiting.push(path);
  };
  for (const source of sources) {
    const found = firstFile(['', ...dirs.include], source, read);
    if (found !== undefined) add(found.path, found.bytes);
  }
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const text = decoder.decode(files[path]);
    const isOwn = path.startsWith(`${dirs.ownFolder}/`);
    const isPart = VMLINUX.test(path) && !DEFINES_U8.test(text);
    if (isPart && VMLINUX_GUARD.test(text)) hasPartialVmlinux = true;
    if (!isOwn && (isPart || !VMLINUX.test(path))) addTags(text, defined);
    if (!isOwn && (isPart || LINUX.test(path))) addEnumerators(text, defined);
    if (!isOwn) addFunctions(text, functions);
    for (const [word] of text.matchAll(isOwn ? OWN_TYPE : WORD)) words.add(word);
    for (const [, quoted, angled] of text.matchAll(INCLUDE)) {
      const name = quoted ?? angled ?? '';
      const near = quoted === undefined || !path.includes('/') ? [] : [path.slice(0, path.lastIndexOf('/'))];
      const here = quoted === undefined || path.includes('/') ? [] : [''];
      const found = firstFile([...near, ...here, ...dirs.include], name, read);
      if (found !== undefined) add(found.path, found.bytes);
      else {
        const text = own(name);
        const system = text === undefined ? firstFile(dirs.system, name, read) : undefined;
        if (text !== undefined) add(`${dirs.ownFolder}/${name}`, new TextEncoder().encode(text));
        else if (system !== undefined) add(system.path, system.bytes);
        else missing.add(name);
      }
    }
  }
  return { files, words, defined, functions, hasPartialVmlinux, missing };
}

function firstFile(folders: readonly string[], name: string, read: SourceReader) {
  for (const folder of name.startsWith('/') ? [''] : folders) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const bytes = read(path);
    if (bytes !== undefined) return { path, bytes };
  }
  return undefined;
}
