/** One line on the terminal while clang is loaded, taken away when it is there. */
export class LoadingLine {
  show(ready: number, of: number): void {
    if (process.stderr.isTTY !== true) return;
    const text = ready === of ? '' : `loading clang: ${ready} of ${of} parts`;
    process.stderr.write(`\r\x1b[K${text}`);
  }
}
