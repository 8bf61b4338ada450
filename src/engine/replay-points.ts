import type { AttachTarget } from '../kernel/kernel.js';
import type { Attachment, Attachments } from './attachments.js';
import type { AttachedProgram, ReplayAttachments } from './replay/attachments.js';

/** What is attached on a device, as replay asks for it. `slotOf` compiles a program when it has not run before. */
export function replayPoints(
  attachments: Attachments,
  iface: string,
  slotOf: (programId: number) => number,
): ReplayAttachments {
  const attached = ({ programId }: Attachment): AttachedProgram => ({ slot: slotOf(programId), programId });
  const at = (target: AttachTarget) => attachments.at(target).map(attached);
  return {
    xdp: at({ kind: 'xdp', iface }),
    tcIngress: at({ kind: 'tcx', iface, direction: 'ingress' }),
    tcEgress: at({ kind: 'tcx', iface, direction: 'egress' }),
    sockets: [...at({ kind: 'socket' }), ...at({ kind: 'socket', iface })],
    tracepoint: (name) => at({ kind: 'tracepoint', name }),
    rawTracepoint: (name) => at({ kind: 'raw_tracepoint', name }),
  };
}
