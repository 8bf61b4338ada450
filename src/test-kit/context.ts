import { resolveTracepoint, type TracepointField } from '../engine/world/tracepoints.js';
import { type CtxField, type Hook, hookByName } from '../hooks/index.js';
import { bytesOfNumber, parseAddress } from '../packet/index.js';
import { testError, unknownWord } from './errors.js';

/** A field's value: a number; words of 4 bytes for a field of several; bytes as they are; an address as text. */
export type ContextValue = number | bigint | string | readonly number[] | Uint8Array;
export type ContextFields = Readonly<Record<string, ContextValue>>;

/**
 * The context of a program type, as in Linux's uapi header, with some fields set and the others 0. Numbers are in the
 * machine's byte order, addresses given as text in the network's.
 *
 * @param type bpftool's word, or `tracepoint/NAME` for the record of one that the engine fires.
 * @throws {SkepError} `TEST_KIT` for a type without fields, and for a field that the context has not.
 *
 * @example
 * ```ts
 * import { context } from 'skep/test';
 * const skb = context('sched_cls', { mark: 7, cb: [1, 2, 3, 4, 5] });
 * const record = context('tracepoint/tcp_v4_connect', { daddr: '192.0.2.1', dport: 443 });
 * ```
 */
export function context(type: string, fields: ContextFields = {}): Uint8Array {
  const { size, members } = layoutOf(type);
  const bytes = new Uint8Array(size);
  for (const [name, value] of Object.entries(fields)) {
    const member = members.find((one) => one.name === name);
    if (member === undefined)
      throw unknownWord(
        `field of the context of ${type}`,
        name,
        members.map((one) => one.name),
      );
    bytes.set(bytesOfField(member, value), member.offset);
  }
  return bytes;
}

/** The context of a raw tracepoint or of a program on a kernel function: its arguments, 8 bytes each. */
export function argumentsContext(...args: readonly (number | bigint)[]): Uint8Array {
  const bytes = new Uint8Array(args.length * 8);
  args.forEach((arg, index) => {
    bytes.set(bytesOfNumber(BigInt.asUintN(64, BigInt(arg)), 8).reverse(), index * 8);
  });
  return bytes;
}

interface Layout {
  readonly size: number;
  readonly members: readonly CtxField[];
}

function layoutOf(type: string): Layout {
  if (type.startsWith('tracepoint/')) return recordLayout(type.slice('tracepoint/'.length));
  const hook: Hook | undefined = hookByName(type);
  if (hook === undefined) throw testError(`there is no program type '${type}'`);
  const { fields, size, struct } = hook.ctx;
  if (typeof fields === 'string') {
    throw testError(
      `the context of ${type} (${struct}) has no fields of its own`,
      fields === 'btf'
        ? 'it holds arguments: argumentsContext(…)'
        : "say which tracepoint: context('tracepoint/NAME', …)",
    );
  }
  return { size, members: fields };
}

function recordLayout(name: string): Layout {
  const { fields } = resolveTracepoint(name);
  const members = fields.map(({ declaration, offset, size }: TracepointField) => ({
    name: /(\w+)(\[\d*\])?$/.exec(declaration)?.[1] ?? declaration,
    offset,
    size,
  }));
  return { size: Math.max(8, ...members.map(({ offset, size }) => offset + size)), members };
}

function bytesOfField({ name, size }: CtxField, value: ContextValue): Uint8Array {
  if (typeof value === 'number' || typeof value === 'bigint') {
    return bytesOfNumber(BigInt.asUintN(size * 8, BigInt(value)), size).reverse();
  }
  const bytes =
    typeof value === 'string'
      ? parseAddress(value)
      : value instanceof Uint8Array
        ? value
        : new Uint8Array(Uint32Array.from(value).buffer);
  if (bytes.length > size)
    throw testError(`field ${name} of the context has ${size} bytes, not ${bytes.length}`);
  return bytes;
}
