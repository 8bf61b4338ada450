/**
 * Makes a program smaller by taking out lines, as long as it stays interesting: first long runs of them, then short
 * ones; a block goes as a whole, or leaves what is in it.
 */
export async function reduced(
  text: string,
  isInteresting: (text: string) => Promise<boolean>,
  patience = 400,
): Promise<string> {
  let lines = text.split('\n');
  let left = patience;
  const attempt = async (candidate: string[]): Promise<boolean> => {
    if (candidate.length >= lines.length || left <= 0) return false;
    left--;
    if (!(await isInteresting(candidate.join('\n')))) return false;
    lines = candidate;
    return true;
  };
  for (let changed = true; changed && left > 0; ) {
    changed = false;
    for (let size = Math.max(1, lines.length >> 2); size >= 1; size >>= 1)
      for (let at = lines.length - 1; at >= 0; at--) {
        const run = lines.slice(at, at + size);
        if (balance(run) === 0) changed = (await attempt(without(lines, at, size))) || changed;
      }
    for (let at = lines.length - 1; at >= 0; at--) {
      const end = blockEnd(lines, at);
      if (end === undefined) continue;
      const whole = without(lines, at, end - at + 1);
      const unwrapped = [...lines.slice(0, at), ...lines.slice(at + 1, end), ...lines.slice(end + 1)];
      changed = (await attempt(whole)) || (await attempt(unwrapped)) || changed;
    }
  }
  return lines.join('\n');
}

const without = (lines: readonly string[], at: number, count: number): string[] => [
  ...lines.slice(0, at),
  ...lines.slice(at + count),
];

/** Braces that lines open, less those that they close; undefined when they close one that they did not open. */
function balance(lines: readonly string[]): number | undefined {
  let depth = 0;
  for (const line of lines) {
    for (const brace of line.matchAll(/[{}]/g)) {
      depth += brace[0] === '{' ? 1 : -1;
      if (depth < 0) return undefined;
    }
  }
  return depth;
}

/** The line that closes the block that a line opens. */
function blockEnd(lines: readonly string[], at: number): number | undefined {
  if (balance([lines[at] ?? '']) !== 1) return undefined;
  for (let end = at + 1; end < lines.length; end++) if (balance(lines.slice(at, end + 1)) === 0) return end;
  return undefined;
}
