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
