// Writes docs/rules from the verifier's rules, one page each: `npm run generate`.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { RULES } from '../src/verifier/rules/registry.js';
import type { Rule, RuleExample } from '../src/verifier/rules/rule.js';

const FOLDER = 'docs/rules';
const rules: readonly Omit<Rule<never>, 'message'>[] = RULES;
/** Longer programs are shown by their beginning. */
const MAX_LINES = 24;

function program({ source, hook = 'socket_filter', license, attachType, capabilities }: RuleExample): string {
  const facts = [
    `type \`${hook}\``,
    ...(attachType === undefined ? [] : [`attached as \`${attachType}\``]),
    ...(license === undefined ? [] : [`licence \`${license}\``]),
    ...(capabilities === undefined ? [] : [loader(capabilities)]),
  ];
  const lines = source === '' ? [] : source.split('\n');
  const cut = lines.length > MAX_LINES ? [`… ${lines.length - MAX_LINES} more lines`] : [];
  const code = ['```', ...lines.slice(0, MAX_LINES), ...cut, '```'].join('\n');
  return lines.length === 0
    ? `A program without instructions (${facts.join(', ')}).`
    : `A program (${facts.join(', ')}):\n\n${code}`;
}

function loader(capabilities: readonly string[]): string {
  const names = capabilities.map((name) => `CAP_${name.toUpperCase()}`);
  return names.length === 0 ? 'loaded without privileges' : `loaded with no more than ${names.join(' and ')}`;
}

function page(rule: (typeof rules)[number]): string {
  const { id, errno, explanation, hint, fails, passes, withoutExample } = rule;
  const examples =
    withoutExample === undefined
      ? `## Fails\n\n${program(fails)}\n\n## Passes\n\n${program(passes)}`
      : `## No example\n\n${withoutExample[0]?.toUpperCase()}${withoutExample.slice(1)}.`;
  return `<!-- Generated from src/verifier/rules/${id}.ts by npm run generate. -->
# ${id}

${explanation}

**To pass:** ${hint}

Linux answers \`${errno}\`. \`skep verify\` names this rule as \`[${id}]\`, and \`--json\` as \`"rule": "${id}"\`.

${examples}
`;
}

function index(): string {
  const rows = rules.map(
    ({ id, explanation }) => `| [${id}](${id}.md) | ${explanation.replaceAll('|', '\\|')} |`,
  );
  return `<!-- Generated from src/verifier/rules by npm run generate. -->
# The verifier's rules

Each reason for which a program is rejected, with a program that fails and one that passes. Programs are written in the
verifier's own assembly; \`map[hash]\` is a hash of 4 to 8 bytes, \`map[array]\` an array of 4 to 16.

| rule | why |
| --- | --- |
${rows.join('\n')}
`;
}

mkdirSync(FOLDER, { recursive: true });
for (const file of readdirSync(FOLDER)) rmSync(`${FOLDER}/${file}`);
for (const rule of rules) writeFileSync(`${FOLDER}/${rule.id}.md`, page(rule));
writeFileSync(`${FOLDER}/README.md`, index());
