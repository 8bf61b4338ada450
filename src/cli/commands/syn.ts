import { main } from '../../../tools/syn/main.js';
import type { Run } from '../context.js';

export const run: Run = ({ words, out }) => {
  out.handOver();
  return main(out.json ? ['--json', ...words.rest()] : words.rest());
};
