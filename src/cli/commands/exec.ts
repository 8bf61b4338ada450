import type { Run } from '../context.js';
import { execCommand } from '../exec.js';
import { readInput } from '../files.js';

export const run: Run = ({ words, out }) => {
  out.handOver();
  return execCommand(words.rest(), {
    stdin: () => readInput('-'),
    stdout: (text) => out.write(text),
    stderr: (text) => void process.stderr.write(text),
  });
};
