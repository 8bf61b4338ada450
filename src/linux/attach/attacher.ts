import type { KernelError } from '../../errors/errno.js';
import type { Link } from '../../kernel/kernel.js';
import { type AttachTarget, targetText } from '../../kernel/target.js';
import { tryBpf } from '../bpf/call.js';
import type { COMMANDS } from '../bpf/commands.js';
import { callError } from '../explain/errno.js';
import { LinuxLink } from '../links.js';
import type { LinuxProgram } from '../programs.js';
import { Fd } from '../sys/fd.js';
import type { Values } from '../sys/layout.js';

/** What an attachment is made from. */
export interface AttachContext {
  readonly program: LinuxProgram;
  /** @throws {KernelError} ENOENT */
  readonly openMap: (id: number) => Fd;
}

export type TargetOf<K extends AttachTarget['kind']> = Extract<AttachTarget, { readonly kind: K }>;

/** How programs are attached to one kind of target: one file in this folder, one line in `registry.ts`. */
export interface Attacher<K extends AttachTarget['kind']> {
  /** Program types that the target takes; absent when the kernel judges. */
  readonly types?: readonly string[];
  /** @throws {KernelError} */
  attach(context: AttachContext, target: TargetOf<K>): Link;
}

type LinkValues = Values<(typeof COMMANDS)['link_create']>;

/** What a failed attachment says besides its errno. */
export interface FailureWords {
  readonly needs?: readonly string[];
  readonly reason?: string | undefined;
  readonly hint?: string | undefined;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** BPF_LINK_CREATE: the link, or minus errno. */
export function tryLink(program: LinuxProgram, values: LinkValues): LinuxLink | number {
  const { result } = tryBpf('link_create', { prog_fd: program.fd.fd, ...values });
  return result < 0 ? result : new LinuxLink(new Fd(result));
}

/** The error of an attachment that the kernel refused. */
export function attachError(
  { program }: AttachContext,
  target: AttachTarget,
  result: number,
  { reason, hint, facts, needs = ['CAP_NET_ADMIN'] }: FailureWords = {},
): KernelError {
  return callError(`cannot attach program ${program.id} to ${targetText(target)}`, result, {
    needs: ['CAP_BPF', ...needs],
    facts: { program: program.id, type: program.typeName, target, ...facts },
    ...(reason === undefined ? {} : { reason }),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** BPF_LINK_CREATE. @throws {KernelError} */
export function createLink(
  context: AttachContext,
  target: AttachTarget,
  values: LinkValues,
  words: FailureWords = {},
): LinuxLink {
  const link = tryLink(context.program, values);
  if (typeof link !== 'number') return link;
  throw attachError(context, target, link, words);
}
