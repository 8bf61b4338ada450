import { describe, expect, it } from 'vitest';
import {
  cooked,
  ETHERTYPE,
  ethernet,
  FLAG,
  ipv4,
  ipv6,
  manySyns,
  pcap,
  tcp,
  vlan,
} from '../../../test/support/packets.js';
import { DEVICE, stageWith } from '../../../test/support/replay-stage.js';
import { EngineMemory } from '../memory.js';
import { SKB_VLAN_PRESENT, SKB_VLAN_TCI, XDP_DATA, XDP_DATA_END } from '../runtime/layout.js';
import type { ReplayAttachments } from './attachments.js';
import { replay } from './replay.js';

const synFrame = ethernet(ETHERTYPE.ipv4, ipv4(tcp({ sport: 1234, dport: 80 }), { src: '192.0.2.7' }));

describe('replay', () => {
  it('shows every frame to XDP with its bounds, and counts verdicts', async () => {
    const sizes: number[] = [];
    const play = stageWith({
      xdp: (ctx, { view }) => {
        sizes.push(view.getUint32(ctx + XDP_DATA_END, true) - view.getUint32(ctx + XDP_DATA, true));
        return sizes.length === 1 ? 1 : 2;
      },
    });
    const summary = await play(pcap([synFrame, ethernet(0x0806, new Uint8Array(28))]));
    expect(sizes).toEqual([54, 42]);
    expect(summary).toMatchObject({ packets: 2, bytes: 96, rounds: 1, problem: undefined });
    expect(summary.programs).toEqual([
      { programId: 1, point: 'xdp', runs: 2, verdicts: { XDP_DROP: 1, XDP_PASS: 1 } },
    ]);
  });

  it('shows what XDP dropped to neither tc, packet sockets nor netif_receive_skb', async () => {
    let seen = 0;
    const play = stageWith({
      xdp: () => (seen++ === 0 ? 1 : 2),
      tc: () => 0,
      socket: () => 0xffff,
      netif_receive_skb: () => 0,
    });
    const summary = await play(pcap([synFrame, synFrame]));
    expect(summary.programs.map(({ point, runs }) => [point, runs])).toEqual([
      ['xdp', 2],
      ['tcx_ingress', 1],
      ['socket', 1],
      ['tracepoint net/netif_receive_skb', 1],
    ]);
  });

  it('moves the outer VLAN tag into the skb, as Linux does on receive', async () => {
    const seen: number[][] = [];
    const look = (ctx: number, { view }: EngineMemory): number => {
      const data = view.getUint32(ctx + 76, true);
      seen.push([
        view.getUint32(ctx, true),
        view.getUint32(ctx + SKB_VLAN_PRESENT, true),
        view.getUint32(ctx + SKB_VLAN_TCI, true),
        view.getUint16(data + 12),
      ]);
      return 0;
    };
    const play = stageWith({ tc: look, socket: look });
    await play(pcap([ethernet(ETHERTYPE.vlan, vlan(0x2005, ETHERTYPE.ipv4, ipv4(tcp())))]));
    expect(seen).toEqual([
      [54, 1, 0x2005, 0x0800],
      [54, 1, 0x2005, 0x0800],
    ]);
  });

  it('fires tcp_v4_connect for a SYN without ACK, with addresses, ports and time', async () => {
    const records: Uint8Array[] = [];
    const play = stageWith({
      tcp_v4_connect: (ctx, memory) => {
        records.push(memory.read(ctx, 48));
        return 0;
      },
    });
    const answer = ethernet(ETHERTYPE.ipv4, ipv4(tcp({ flags: FLAG.SYN | FLAG.ACK })));
    await play(pcap([synFrame, answer, ethernet(ETHERTYPE.ipv6, ipv6(tcp()))], { nanoseconds: true }));
    expect(records).toHaveLength(1);
    const view = new DataView(records[0]!.buffer);
    expect([...records[0]!.subarray(8, 16)]).toEqual([192, 0, 2, 7, 10, 0, 0, 2]);
    expect([view.getUint16(16, true), view.getUint16(18, true), view.getUint8(20)]).toEqual([1234, 80, 2]);
    expect(view.getBigUint64(32, true)).toBe(1_700_000_000_123_456_789n);
  });

  it('fires inet_sock_set_state and net_dev_queue, raw ones with their arguments', async () => {
    const args: bigint[][] = [];
    const play = stageWith({
      'raw:inet_sock_set_state': (ctx, { view }) => {
        args.push([view.getBigUint64(ctx + 8, true), view.getBigUint64(ctx + 16, true)]);
        return 0;
      },
      net_dev_queue: (ctx, memory) => {
        const at = memory.view.getUint16(ctx + 20, true);
        expect(new TextDecoder().decode(memory.read(ctx + at, 5))).toBe('eth0\0');
        return 0;
      },
    });
    const summary = await play(pcap([cooked(ETHERTYPE.ipv6, ipv6(tcp()))], { link: 113 }));
    expect(args).toEqual([[7n, 2n]]);
    expect(summary.programs.map(({ runs }) => runs)).toEqual([1, 1]);
  });

  it('stops by its signal and says so', async () => {
    const controller = new AbortController();
    const play = stageWith({ xdp: () => 2 });
    const summary = await play(manySyns(1000), {
      loop: true,
      signal: controller.signal,
      onProgress: ({ round }) => round === 3 && controller.abort(),
    });
    expect(summary).toMatchObject({ aborted: true, rounds: 4, packets: 4000 });
  });

  it('keeps to a rate', async () => {
    const play = stageWith({ xdp: () => 2 });
    const summary = await play(manySyns(101), { rate: 1000 });
    expect(summary.packets).toBe(101);
    expect(summary.milliseconds).toBeGreaterThan(95);
  });

  it('frees all that it took', async () => {
    const memory = EngineMemory.create();
    const none: ReplayAttachments = {
      xdp: [],
      tcIngress: [],
      tcEgress: [],
      sockets: [],
      tracepoint: () => [],
      rawTracepoint: () => [],
    };
    await replay(memory, () => none, manySyns(1), { device: DEVICE });
    const used = memory.used;
    await replay(memory, () => none, manySyns(1), { device: DEVICE });
    expect(memory.used).toBe(used);
  });
});
