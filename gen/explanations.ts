// Writes docs/explanations.md: programs that Linux rejects, its log beside our explanation. Needs a kernel that answers
// bpf(2): `npm run generate -- --kernel`.
import { readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { renderExplanation } from '../src/verifier/explain/render.js';
import { explanationOf, verifyObject } from '../test/support/explain-object.js';
import { kernelLog, normaliseLog } from '../test/support/kernel-log.js';

const FOLDER = 'test/cases/explain';
const PROGRAMS = [
  ['null_check', 'A map value that is not checked for null'],
  ['null_check_of_another', 'A check for null of another pointer'],
  ['null_kept', 'A check for null after which the pointer is used all the same'],
  ['packet_unchecked', 'The packet read without a comparison with data_end'],
  ['packet_wrong_pointer', 'A comparison with data_end of a pointer with another base'],
  ['packet_moved', 'Packet pointers from before a helper that moves the packet'],
  ['index_off_by_one', 'An index that is bounded one too high'],
  ['index_reloaded', 'A bound that was checked on another copy'],
  ['bound_lost', 'A bound that arithmetic loses'],
  ['too_complex', 'A program that is too complex'],
] as const;
/** Of a long log, as many lines from its end. */
const MAX_LOG = 40;

async function section(name: string, title: string): Promise<string> {
  const bytes = readFileSync(`${FOLDER}/${name}.o`);
  const { program } = await verifyObject(bytes);
  const lines = normaliseLog(kernelLog(program, 1).log).trimEnd().split('\n');
  const cut =
    lines.length > MAX_LOG ? [`… ${lines.length - MAX_LOG} lines`, ...lines.slice(-MAX_LOG)] : lines;
  const explanation = await explanationOf(bytes);
  const cost = explanation.cost?.map((row) => ({ ...row, milliseconds: 0 }));
  const ours = renderExplanation(cost === undefined ? explanation : { ...explanation, cost });
  const source = readFileSync(`${FOLDER}/${name}.c`, 'utf8').trimEnd();
  const block = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``;
  return [
    `## ${title}`,
    block('c', source),
    'Linux:',
    block('', cut.join('\n')),
    '`skep verify`:',
    block('', ours.trimEnd()),
  ].join('\n\n');
}

const sections: string[] = [];
for (const [name, title] of PROGRAMS) sections.push(await section(name, title));
writeFileSync(
  'docs/explanations.md',
  `<!-- Generated from ${FOLDER} by npm run generate -- --kernel. -->
# Ten rejections: Linux's log beside our explanation

The log is that of Linux ${release().split(/[-+]/)[0]} at level 1, addresses as 0x0; the same programs are tested in
test/verifier/explain.test.ts. Source lines come from the object's BTF.

${sections.join('\n\n')}
`,
);
process.exit(0);
