import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** SYNs per source as tshark counts them in its default preferences; undefined where it is not installed. */
export function tsharkSyns(capture: Uint8Array): Record<string, number> | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'skep-tshark-'));
  try {
    const file = join(folder, 'capture');
    writeFileSync(file, capture);
    const filter = ['-Y', 'tcp.flags.syn==1 && tcp.flags.ack==0'];
    const fields = ['-T', 'fields', '-e', 'ip.src', '-e', 'ipv6.src'];
    const output = execFileSync('tshark', ['-r', file, ...filter, ...fields], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const counts: Record<string, number> = {};
    for (const line of output.split('\n').filter((text) => text !== '')) {
      const source = line.trim();
      counts[source] = (counts[source] ?? 0) + 1;
    }
    return counts;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
