import type { Run } from '../context.js';
import { CommandError } from '../failure.js';

export const run: Run = async ({ kernel }) => {
  throw new CommandError(
    'prog profile is not there: it counts with hardware events, by programs of its own',
    {
      hint:
        kernel === 'linux'
          ? 'Runs and their times: sysctl kernel.bpf_stats_enabled=1, then skep --kernel linux prog show.'
          : 'Runs and their times: skep prog show. What verifying costs by source line: skep verify FILE --profile.',
    },
  );
};
