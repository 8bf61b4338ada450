/** What clang's driver makes of flags that its compiler proper (`-cc1`) does not know, or knows under another name. */
const TRANSLATED: Readonly<Record<string, readonly string[]>> = {
  '-fno-strict-aliasing': ['-relaxed-aliasing'],
  '-funsigned-char': ['-fno-signed-char'],
  '-fno-signed-char': ['-fno-signed-char'],
  '-fno-strict-overflow': ['-fwrapv'],
  '-ansi': ['-std=c89'],
};

/**
 * Accepted so that skep can stand in for clang, and dropped: they say what it does anyway, or are about what BPF does
 * not have (frames, unwinding, position-independent code, linking).
 */
const DROPPED = [
  /^-(c|P|pipe|nostdinc|nostdlib|nostdlibinc|nostartfiles|Qunused-arguments|mlittle-endian|MP)$/,
  /^-O[0-3sz]?$/,
  /^-f(no-)?(strict-aliasing|signed-char|strict-overflow|wrapv|omit-frame-pointer|exceptions|math-errno)$/,
  /^-f(no-)?(vectorize|slp-vectorize|jump-tables|merge-constants|merge-all-constants|toplevel-reorder)$/,
  /^-f(no-)?(stack-(protector|check|clash-protection)|(asynchronous-)?unwind-tables|verbose-asm|lto)(-.*)?$/,
  /^-f(no-)?(pic|pie|PIC|PIE|plt|integrated-as|show-column|color-diagnostics|diagnostics-color)(=.*)?$/,
  /^-f(cf-protection|sanitize|no-sanitize|message-length)=.*$/,
];

/** The flags that `word` becomes for `-cc1`; `undefined` when it is no flag that is passed on. */
export function compilerFlags(word: string): readonly string[] | undefined {
  const translated = TRANSLATED[word];
  if (translated !== undefined) return translated;
  if (DROPPED.some((pattern) => pattern.test(word))) return [];
  const prefixMap = /^-ffile-prefix-map=(.*)$/.exec(word)?.[1];
  if (prefixMap !== undefined) return [`-fmacro-prefix-map=${prefixMap}`, `-fdebug-prefix-map=${prefixMap}`];
  const limit = /^-f(?:error-limit|max-errors)=(\d+)$/.exec(word)?.[1];
  if (limit !== undefined) return ['-ferror-limit', limit];
  return /^-(W(?!p,)|w$|std=|f|pedantic|undef$)/.test(word) ? [word] : undefined;
}
