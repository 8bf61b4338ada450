import { KernelError } from '../../errors/errno.js';
import { type AttachTarget, targetText } from '../../kernel/target.js';
import { hasSymbol } from '../probe/kallsyms.js';
import { allTracepoints, tracepointCategories, tracepointFile } from '../sys/tracefs.js';
import { nearest } from './nearest.js';

/**
 * The answer to a tracepoint that Linux does not have: which ones are near, and, when a function has the name, how it
 * is reached.
 */
export function missingTracepoint(
  target: Extract<AttachTarget, { readonly kind: 'tracepoint' | 'raw_tracepoint' }>,
): KernelError {
  const near = nearTracepoints(target.name);
  const isFunction = hasSymbol(target.name);
  const ways = isFunction
    ? `${target.name} is a function of the kernel: reach it with SEC("fentry/${target.name}") or SEC("kprobe/${target.name}")`
    : '';
  const others = near.length === 0 ? '' : `tracepoints near it are ${near.join(', ')}`;
  return new KernelError('ENOENT', `Linux has no ${targetText(target)}`, {
    facts: { target, near, function: isFunction },
    hint: [ways, others].filter(Boolean).join('; ') || 'see /sys/kernel/tracing/available_events',
  });
}

function nearTracepoints(name: string): string[] {
  try {
    return nearest(name, allTracepoints());
  } catch {
    return [];
  }
}

/** The fields of a tracepoint, as tracefs prints them. @param name with or without its category. @throws {KernelError} ENOENT */
export function linuxTracepointFormat(name: string): string {
  const parts = name.replace(/^(?:tracepoint|tp)\//, '').split('/');
  const event = parts.at(-1) ?? '';
  const category = parts.length > 1 ? parts.at(-2) : tracepointCategories(event)[0];
  const format = category === undefined ? undefined : tracepointFile(category, event, 'format');
  if (format === undefined) throw missingTracepoint({ kind: 'tracepoint', name: event });
  return format;
}
