/** Writes what clang and the back end say about a source to standard error, in colour on a terminal. */
export function printDiagnostics(text: string): void {
  if (text === '') return;
  const isPlain = process.stderr.isTTY !== true || process.env['NO_COLOR'];
  process.stderr.write(isPlain ? text : coloured(text));
}

/** clang's own colours: bold places, red errors, magenta warnings, green carets. */
function coloured(text: string): string {
  const bold = (part: string) => `\x1b[1m${part}\x1b[0m`;
  return text
    .replaceAll(
      /^(\S+?:(?:\d+:\d+:)?) (fatal error|error|warning|note): (.*)$/gm,
      (_, place, severity, message) => {
        const colour = severity === 'warning' ? 35 : severity === 'note' ? 36 : 31;
        return `${bold(place)} \x1b[1;${colour}m${severity}:\x1b[0m ${bold(message)}`;
      },
    )
    .replaceAll(/^(\s+\| *)([\^~][\s^~]*)$/gm, (_, margin, caret) => `${margin}\x1b[1;32m${caret}\x1b[0m`);
}
