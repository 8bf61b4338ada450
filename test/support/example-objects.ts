import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileObject } from '../../src/compiler/node/index.js';

const FOLDER = 'node_modules/.cache/skep-objects';

/** The tutorial's program, as skep compiles it: {@link setup} makes the file before any test runs. */
export const TRACER = join(FOLDER, 'tcp_syn_tracer.bpf.o');

/** Vitest's global setup. */
export async function setup(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(TRACER, await compileObject('examples/tcp_syn_tracer/tcp_syn_tracer.bpf.c'));
}
