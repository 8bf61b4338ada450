// Draws what a command prints on a terminal as an SVG: `node gen/picture.mjs OUT.svg TITLE -- COMMAND ARG…`.
// Needs util-linux's `script`, which gives the command a terminal.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const [out, title, , ...command] = process.argv.slice(2);
const text = execFileSync('script', ['-qec', command.join(' '), '/dev/null'], {
  encoding: 'utf8',
  env: { ...process.env, TERM: 'xterm-256color' },
}).replaceAll('\r', '');

const COLOURS = {
  31: '#f47067',
  32: '#8ddb8c',
  33: '#f0b72f',
  34: '#6cb6ff',
  35: '#dcbdfb',
  36: '#76e3ea',
  90: '#768390',
  2: '#768390',
};
const [CELL, LINE, PAD, BAR] = [8.4, 19, 18, 34];

const ESC = String.fromCharCode(27);
const ESCAPE = new RegExp(`(${ESC}\\[[0-9;]*[A-Za-z])`);
const COLOUR = new RegExp(`^${ESC}\\[([0-9;]*)m$`);

function* spans(line) {
  let style = '';
  for (const part of line.split(ESCAPE)) {
    const codes = COLOUR.exec(part)?.[1];
    if (codes === undefined) {
      if (part !== '' && !part.startsWith('\x1b')) yield { text: part, style };
    } else {
      for (const code of codes.split(';'))
        style =
          code === '' || code === '0'
            ? ''
            : `${style} ${code === '1' ? 'font-weight="bold"' : COLOURS[code] ? `fill="${COLOURS[code]}"` : ''}`;
    }
  }
}

const escaped = (s) => s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const lines = [`\x1b[90m$\x1b[0m \x1b[1m${title}\x1b[0m`, ...text.trimEnd().split('\n')];
const plain = (line) => [...spans(line)].map((span) => span.text).join('');
const columns = Math.max(...lines.map((line) => [...plain(line)].length));
const width = Math.ceil(columns * CELL + 2 * PAD);
const height = lines.length * LINE + BAR + PAD;

const rows = lines.map((line, index) => {
  let column = 0;
  const runs = [...spans(line)].map(({ text: run, style }) => {
    const x = PAD + column * CELL;
    column += [...run].length;
    return `<tspan x="${x.toFixed(1)}"${style} textLength="${([...run].length * CELL).toFixed(1)}">${escaped(run)}</tspan>`;
  });
  return `<text y="${BAR + (index + 1) * LINE - 5}" xml:space="preserve">${runs.join('')}</text>`;
});

writeFileSync(
  out,
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" fill="#d1d7e0">
<rect width="100%" height="100%" rx="8" fill="#1c2128"/>
<circle cx="20" cy="17" r="5.5" fill="#f47067"/><circle cx="38" cy="17" r="5.5" fill="#f0b72f"/><circle cx="56" cy="17" r="5.5" fill="#8ddb8c"/>
${rows.join('\n')}
</svg>
`,
);
