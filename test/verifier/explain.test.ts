import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { explainObject } from '../support/explain-object.js';

const FOLDER = join(import.meta.dirname, '../cases/explain');
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.o'))
  .map((file) => file.slice(0, -2))
  .sort();

// `vitest run test/verifier/explain.test.ts --update` writes the texts anew.
test.each(names)('%s is explained from its origin to what would make it pass', async (name) => {
  const text = await explainObject(readFileSync(join(FOLDER, `${name}.o`)));
  await expect(text).toMatchFileSnapshot(join(FOLDER, `${name}.txt`));
});
