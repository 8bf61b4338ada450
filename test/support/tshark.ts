import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** SYNs per source as tshark counts them in its default preferences; undefined where it is not installed. */
export function tsharkSyns(capture: Uint8Array): Record<string, number> | undefined {
  const filter = ['-Y', 'tcp.flags.syn==1 && tcp.flags.ack==0'];
  const output = runTshark(capture, [...filter, '-T', 'fields', '-e', 'ip.src', '-e', 'ipv6.src']);
  if (output === undefined) return undefined;
  const counts: Record<string, number> = {};
  for (const line of output.split('\n').filter((text) => text !== '')) {
    const source = line.trim();
    counts[source] = (counts[source] ?? 0) + 1;
  }
  return counts;
}

/** Undefined where it is not installed. */
function runTshark(capture: Uint8Array, args: readonly string[]): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'skep-tshark-'));
  try {
    const file = join(folder, 'capture');
    writeFileSync(file, capture);
    return execFileSync('tshark', ['-r', file, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What tshark says of Ethernet frames, with every checksum checked: one line each; undefined where it is not installed. */
export function tsharkFields(frames: readonly Uint8Array[], fields: readonly string[]): string[] | undefined {
  const checks = ['ip', 'tcp', 'udp'].flatMap((name) => ['-o', `${name}.check_checksum:TRUE`]);
  const wanted = fields.flatMap((field) => ['-e', field]);
  const output = runTshark(captureOf(frames), [...checks, '-T', 'fields', '-E', 'separator=|', ...wanted]);
  return output?.split('\n').slice(0, frames.length);
}

/** A pcap of Ethernet frames, all at the same time. */
function captureOf(frames: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [
    new Uint8Array(new Uint32Array([0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1]).buffer),
  ];
  for (const frame of frames)
    parts.push(new Uint8Array(new Uint32Array([0, 0, frame.length, frame.length]).buffer), frame);
  return Buffer.concat(parts);
}
