import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bpfAvailability } from '../../src/linux/bpf.js';
import { canUnshareMounts, ensureBuilt, type Outcome } from '../support/cli.js';
import { TRACER } from '../support/example-objects.js';

const { available, reason } = bpfAvailability();
const refusal = !available ? reason : canUnshareMounts() ? '' : 'unshare -m is not possible';

/**
 * Runs a shell script as root of new namespaces, with a BPF file system and two devices of its own, in which `$SKEP` is
 * the command on Linux.
 */
function onLinux(script: string): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'skep-linux-'));
  const prepare = `
    mount -t bpf bpf /sys/fs/bpf
    ip link add eth0 type veth peer name eth1 && ip link set eth0 up && ip link set eth1 up
    cd ${resolve('.')}`;
  const env = {
    ...process.env,
    SKEP: `${process.execPath} ${resolve('bin/skep')}`,
    SKEP_KERNEL: 'linux',
    SKEP_ROOT: join(folder, 'root'),
    TRACER,
  };
  const args = ['-m', '-n', 'sh', '-c', `${prepare}\n${script}`];
  return new Promise((done) => {
    const child = execFile('unshare', args, { env, timeout: 100_000 }, (_, stdout, stderr) => {
      rmSync(folder, { recursive: true, force: true });
      done({ status: child.exitCode, stdout, stderr });
    });
  });
}

describe.skipIf(refusal !== '')(`skep --kernel linux ${refusal}`, () => {
  beforeAll(ensureBuilt, 180_000);

  describe('an attachment', () => {
    let outcome: Outcome;
    beforeAll(async () => {
      outcome = await onLinux(`
        set -e
        $SKEP prog load $TRACER /sys/fs/bpf/my_tcp_syn_tracer type tracepoint
        $SKEP prog attach pinned /sys/fs/bpf/my_tcp_syn_tracer tracepoint/sys_enter_connect
        echo == shown; $SKEP -j link show
        echo == pins; ls /sys/fs/bpf/skep/links
        for id in $(ls /sys/fs/bpf/skep/links); do $SKEP link detach id $id; done
        echo == left; $SKEP -j link show; ls /sys/fs/bpf/skep/links`);
    }, 120_000);
    const part = (name: string): string =>
      outcome.stdout
        .split('== ')
        .find((text) => text.startsWith(`${name}\n`))
        ?.slice(name.length + 1) ?? '';

    test('outlives its command, which says where it is kept and how it ends', () => {
      expect(outcome).toMatchObject({ status: 0, stderr: '' });
      expect(outcome.stdout).toMatch(
        /^link (\d+), kept at \/sys\/fs\/bpf\/skep\/links\/\1 until: skep link detach id \1\n/,
      );
    });

    test('is listed by its id, with its place', () => {
      const [id] = part('pins').trim().split('\n');
      expect(JSON.parse(part('shown'))).toContainEqual(
        expect.objectContaining({ id: Number(id), type: 'perf_event', tracepoint: 'sys_enter_connect' }),
      );
    });

    test('is gone after link detach, and so is its pin', () => {
      const [id] = part('pins').trim().split('\n');
      expect(part('left')).not.toContain(`"id":${id},`);
      expect(part('left').trim().split('\n')).toHaveLength(1);
    });
  });

  test('what it pins, bpftool finds, and the other way round', async () => {
    const { status, stdout, stderr } = await onLinux(`
      set -e
      PATH=$PATH:/usr/sbin
      $SKEP map create /sys/fs/bpf/counts type hash key 4 value 8 entries 8 name counts
      bpftool map update pinned /sys/fs/bpf/counts key 1 0 0 0 value 7 0 0 0 0 0 0 0
      $SKEP -j map lookup pinned /sys/fs/bpf/counts key 1 0 0 0
      bpftool prog load $TRACER /sys/fs/bpf/tracer type tracepoint
      $SKEP prog dump xlated pinned /sys/fs/bpf/tracer > /tmp/skep.$$
      bpftool prog dump xlated pinned /sys/fs/bpf/tracer | diff /tmp/skep.$$ - && echo same
      rm /tmp/skep.$$`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      '{"key":["0x01","0x00","0x00","0x00"],"value":["0x07","0x00","0x00","0x00","0x00","0x00","0x00","0x00"]}',
      'same',
    ]);
  });

  test('a tracepoint that Linux does not have is answered with what it has', async () => {
    const { status, stderr } = await onLinux(`
      $SKEP prog load $TRACER /sys/fs/bpf/tracer type tracepoint &&
      $SKEP prog attach pinned /sys/fs/bpf/tracer tracepoint/tcp_v4_connect`);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^Error: failed prog attach: No such file or directory\nHint: Linux has no tracepoint\/tcp_v4_connect\. tcp_v4_connect is a function of the kernel: reach it with SEC\("fentry\/tcp_v4_connect"\) or SEC\("kprobe\/tcp_v4_connect"\); tracepoints near it are .*\n$/,
    );
  });

  test('without rights, one line says what is missing, and that the engine needs none', async () => {
    const { status, stderr } = await onLinux(
      'setpriv --reuid=65534 --clear-groups --inh-caps=-all $SKEP prog show',
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^Error: BPF_PROG_GET_NEXT_ID: EPERM\nHint: this process lacks CAP_SYS_ADMIN.*: run it as root \(sudo\), or use the engine: --kernel engine\n$/,
    );
  });

  test('what looks at others says so too when it may not, in place of an empty list', async () => {
    const { stderr } = await onLinux(`
      for words in 'perf show' 'cgroup tree' 'feature probe' 'struct_ops show'; do
        setpriv --reuid=65534 --clear-groups --inh-caps=-all $SKEP $words | head -1
      done`);
    expect(stderr.split('\n').filter((text) => text.startsWith('Error: '))).toEqual([
      'Error: BPF_TASK_FD_QUERY: EPERM',
      expect.stringMatching(/^Error: can't query bpf programs attached to \/\S+: Operation not permitted$/),
      'Error: a full probe needs CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN, CAP_SYS_ADMIN',
      'Error: BPF_MAP_GET_NEXT_ID: EPERM',
    ]);
    expect(
      stderr.match(/^Hint: .*CAP_.*: run it as root \(sudo\), or use the engine: --kernel engine/gm),
    ).toHaveLength(4);
  });

  test('machine code is printed in hex, function by function', async () => {
    const { stdout } = await onLinux(`
      $SKEP prog load $TRACER /sys/fs/bpf/tracer type tracepoint
      $SKEP prog dump jited pinned /sys/fs/bpf/tracer
      $SKEP prog dump jited pinned /sys/fs/bpf/tracer file /tmp/jited.$$
      echo size $(wc -c < /tmp/jited.$$); rm /tmp/jited.$$
      $SKEP -j prog show pinned /sys/fs/bpf/tracer`);
    const text = stdout.split('\n');
    expect(text[0]).toMatch(/^(bpf_prog_[0-9a-f]{16}_tcp_syn_tracer|0x[0-9a-f]+):$/);
    expect(text[1]).toMatch(/^ {3}0:\t([0-9a-f]{2} ){15}[0-9a-f]{2}$/);
    const { bytes_jited } = JSON.parse(text.at(-2) ?? '') as { bytes_jited: number };
    expect(text.at(-3)).toBe(`size ${bytes_jited}`);
  });

  test('records, iterators and pins without a file system, as commands', async () => {
    const { stdout, stderr } = await onLinux(`
      umount /sys/fs/bpf
      $SKEP -n map create /sys/fs/bpf/m type hash key 4 value 8 entries 1 && echo mounted
      mount -t bpf bpf /sys/fs/bpf
      $SKEP iter pin test/cases/linux/iterator.bpf.c /sys/fs/bpf/maps && grep -c . /sys/fs/bpf/maps
      $SKEP prog load test/cases/linux/events.bpf.c /sys/fs/bpf/send pinmaps /sys/fs/bpf/send_maps
      $SKEP map event_pipe pinned /sys/fs/bpf/send_maps/events > /tmp/pipe.$$ & reader=$!
      head -c 64 /dev/zero > /tmp/frame.$$
      for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        $SKEP prog run pinned /sys/fs/bpf/send data_in /tmp/frame.$$ > /dev/null
        [ -s /tmp/pipe.$$ ] && break
      done
      kill -INT $reader; wait $reader; echo status $?
      grep -c '^== @' /tmp/pipe.$$ > /dev/null && sed -n 2p /tmp/pipe.$$ | cut -c1-23
      $SKEP map event_pipe pinned /sys/fs/bpf/none
      rm /tmp/pipe.$$ /tmp/frame.$$`);
    const [lines = '', status, record] = stdout.trim().split('\n');
    expect(Number(lines)).toBeGreaterThan(0);
    expect([status, record]).toEqual(['status 0', '01 02 03 04 05 06 07 08']);
    expect(stderr).toContain('Hint: cannot pin at /sys/fs/bpf/m: ');
    expect(stderr).not.toContain('mounted');
  });

  test('captures are played to the engine only', async () => {
    const { status, stderr } = await onLinux('$SKEP replay examples/captures/connections.pcap');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'Error: captures are played to the engine, not to Linux\nHint: Leave out --kernel linux, or send the packets with tcpreplay.\n',
    });
  });
});
