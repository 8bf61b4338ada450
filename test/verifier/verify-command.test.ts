import { afterAll, beforeAll, expect, test } from 'vitest';
import { Cli, ensureBuilt } from '../support/cli.js';

const FOLDER = 'test/cases/explain';
let cli: Cli;
beforeAll(async () => {
  await ensureBuilt();
  cli = new Cli();
}, 180_000);
afterAll(() => cli.dispose());

test('the exit status says accepted, rejected or could not be tried', async () => {
  expect((await cli.run('verify', 'test/cases/objects/syn_count.o')).status).toBe(0);
  expect((await cli.run('verify', `${FOLDER}/null_check.o`)).status).toBe(1);
  expect((await cli.run('verify', `${FOLDER}/null_check.c`)).status).toBe(1);
  expect((await cli.run('verify', 'README.md')).status).toBe(2);
});

test('JSON holds the explanation with its schema, SARIF one result', async () => {
  const [outcome] = JSON.parse((await cli.run('--json', 'verify', `${FOLDER}/null_check.o`)).stdout);
  expect(outcome).toMatchObject({
    name: 'count',
    verdict: 'rejected',
    explanation: {
      schema: 1,
      rule: 'invalid-mem-access',
      at: { line: 9, column: 8 },
      fix: { edit: { line: 7, action: 'insert_after', code: ['\tif (!seen)', '\t\treturn XDP_PASS;'] } },
    },
  });
  const report = JSON.parse((await cli.run('verify', `${FOLDER}/null_check.o`, '--sarif')).stdout);
  expect(report.runs[0].results).toHaveLength(1);
  expect(report.runs[0].results[0].ruleId).toBe('invalid-mem-access');
});

test('the profile is a table with a row for each source line', async () => {
  const { stdout } = await cli.run('verify', 'test/cases/objects/syn_count.o', '--profile');
  expect(stdout).toMatch(/^insns +share +visits +forks +states +pruned +ms +line$/m);
});

test('a target whose rules were not measured is refused by name, the measured one decides', async () => {
  const unknown = await cli.run('verify', 'test/cases/objects/syn_count.o', '--target', 'linux-5.4');
  expect(unknown.status).toBe(2);
  expect(unknown.stderr).toContain('the rules of linux-5.4 were not measured');
  expect(unknown.stderr).toContain('there is linux-6.18');
  const known = await cli.run('verify', 'test/cases/objects/syn_count.o', '--target', 'linux-6.18');
  expect(known.status).toBe(0);
});

test('who loads the program decides too', async () => {
  const object = 'test/cases/objects/syn_count.o';
  const nobody = await cli.run('verify', object, '--unprivileged');
  expect(nobody.status).toBe(1);
  expect(nobody.stdout).toContain('is loaded with CAP_BPF and CAP_NET_ADMIN');
  expect((await cli.run('verify', object, '--capabilities', 'bpf,net_admin')).status).toBe(0);
  const unknown = await cli.run('verify', object, '--capabilities', 'bpf,netadmin');
  expect(unknown.status).toBe(2);
  expect(unknown.stderr).toContain('the verifier asks for no capability netadmin');
});

test('SARIF has the shape that 2.1.0 asks for', async () => {
  const report = JSON.parse((await cli.run('verify', `${FOLDER}/null_check.o`, '--sarif')).stdout);
  expect(report).toMatchObject({
    $schema: expect.stringContaining('sarif'),
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: expect.any(String), rules: expect.any(Array) } },
        results: [
          {
            ruleId: 'invalid-mem-access',
            level: 'error',
            message: { text: expect.any(String) },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: expect.stringContaining('null_check.c') },
                  region: { startLine: 9, startColumn: 8 },
                },
              },
            ],
          },
        ],
      },
    ],
  });
  const { results, tool } = report.runs[0];
  const ids = tool.driver.rules.map(({ id }: { id: string }) => id);
  for (const { ruleId, ruleIndex } of results) expect(ids[ruleIndex ?? ids.indexOf(ruleId)]).toBe(ruleId);
});

/** The fields that docs/explanation-schema.md lists. */
const OUTCOME = ['name', 'verdict', 'ok', 'stats', 'error', 'explanation', 'log', 'profile'];
const EXPLANATION = [
  ...['schema', 'program', 'rule', 'docs', 'errno', 'message', 'why', 'at'],
  ...['held', 'histories', 'lost', 'cost', 'fix'],
];

test.each(['null_check.o', 'too_complex.o'])('the JSON of %s holds what its schema lists', async (file) => {
  const args = ['--json', 'verify', `${FOLDER}/${file}`];
  const [outcome] = JSON.parse((await cli.run(...args)).stdout);
  expect(Object.keys(outcome).filter((key) => !OUTCOME.includes(key))).toEqual([]);
  expect(Object.keys(outcome.explanation).filter((key) => !EXPLANATION.includes(key))).toEqual([]);
  for (const key of [
    'schema',
    'program',
    'rule',
    'docs',
    'errno',
    'message',
    'why',
    'at',
    'held',
    'histories',
    'fix',
  ])
    expect(outcome.explanation).toHaveProperty(key);
});
