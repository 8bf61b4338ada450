import type { Run } from '../context.js';
import { CommandError } from '../failure.js';
import { report, reportJson, reportMacros, reportText } from '../features/report.js';
import { UsageError } from '../usage.js';

export const run: Run = async ({ words, out, kernel }) => {
  let prefix: string | undefined;
  let full = false;
  while (words.left > 0) {
    switch (words.keyword(['kernel', 'dev', 'full', 'unprivileged', 'macros', 'prefix'])) {
      case 'kernel':
        break;
      case 'dev':
        throw new CommandError(
          'feature probe dev is not there: it asks network cards that run BPF themselves',
        );
      case 'unprivileged':
        throw new CommandError('feature probe unprivileged is not there', {
          hint: 'Run skep feature probe as the user whose rights you want to know.',
        });
      case 'full':
        full = true;
        break;
      case 'macros':
        prefix ??= '';
        break;
      case 'prefix':
        if (prefix === undefined) throw new UsageError("'prefix' is of use with 'macros' only");
        prefix = words.take('a prefix');
    }
  }
  const { support } = await (kernel === 'linux'
    ? import('../features/linux.js').then(({ linuxSupport }) => ({ support: linuxSupport() }))
    : import('../features/engine.js').then(({ engineSupport }) => ({ support: engineSupport() })));
  const found = report(support, full);
  if (out.json) out.answer(reportJson(found));
  else out.write(prefix === undefined ? reportText(found) : reportMacros(found, prefix));
  return undefined;
};
