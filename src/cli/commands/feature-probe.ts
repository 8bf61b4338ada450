import type { Run } from '../context.js';
import { CommandError } from '../failure.js';
import { report, reportJson, reportMacros, reportText } from '../features/report.js';
import { UsageError } from '../usage.js';

export const run: Run = async ({ words, out, kernel }) => {
  let prefix: string | undefined;
  let full = false;
  let unprivileged = false;
  while (words.left > 0) {
    switch (words.keyword(['kernel', 'dev', 'full', 'unprivileged', 'macros', 'prefix'])) {
      case 'kernel':
        break;
      case 'dev':
        throw new CommandError(
          'feature probe dev is not there: it asks network cards that run BPF themselves',
        );
      case 'unprivileged':
        unprivileged = true;
        break;
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
  if (kernel === 'linux') await requireRights(unprivileged);
  const { support } = await (kernel === 'linux'
    ? import('../features/linux.js').then(({ linuxSupport }) => ({ support: linuxSupport() }))
    : import('../features/engine.js').then(({ engineSupport }) => ({ support: engineSupport() })));
  const found = report(support, full);
  if (out.json) out.answer(reportJson(found));
  else out.write(prefix === undefined ? reportText(found) : reportMacros(found, prefix));
  return undefined;
};

/** What a process may not do looks as if the kernel had it not: then it is to be asked for, as with bpftool. */
async function requireRights(unprivileged: boolean): Promise<void> {
  const { permissionHint, privileges } = await import('../../linux/index.js');
  const { capabilities } = privileges();
  const all = ['CAP_BPF', 'CAP_PERFMON', 'CAP_NET_ADMIN', 'CAP_SYS_ADMIN'];
  const missing = all.filter((name) => !capabilities.has(name) && !capabilities.has('CAP_SYS_ADMIN'));
  if (unprivileged && missing.length === 0)
    throw new CommandError(
      'feature probe unprivileged tells what this process may do, and it may do everything',
      {
        hint: 'Run it as the user whose rights you want to know.',
      },
    );
  if (!unprivileged && missing.length > 0)
    throw new CommandError(`a full probe needs ${missing.join(', ')}`, {
      hint: `${permissionHint(['CAP_SYS_ADMIN'])}; what it may do as it is: feature probe unprivileged.`,
    });
}
