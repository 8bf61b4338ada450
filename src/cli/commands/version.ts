import { readFileSync } from 'node:fs';
import type { Context } from '../context.js';

export const run = async ({ out }: Pick<Context, 'out'>): Promise<number | undefined> => {
  const version = packageVersion();
  if (out.json) out.answer({ version, node: process.versions.node });
  else out.write(`skep v${version}\n`);
  return undefined;
};

/** From the package that this file was bundled into. */
function packageVersion(): string {
  for (const up of ['../package.json', '../../package.json', '../../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as Record<
        string,
        string
      >;
      if (name === 'skep' && version !== undefined) return version;
    } catch {
      // Not there: bundled at another depth.
    }
  }
  return 'unknown';
}
