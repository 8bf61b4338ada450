import { ATTACH_TYPES } from './attach-types.js';
import type { AccessOffsets, CtxField, Hook, HookView, StructAccess } from './hook.js';

/** What a load yields: a number, or a pointer in the words of the verifier's log. */
export type Loaded = 'scalar' | (string & {});

/**
 * The rules for programs of a type that are loaded for an attach type.
 *
 * @param attachType undefined means the attach type 0, as in `bpf_attr`.
 * @returns undefined when Linux loads no such program.
 */
export function viewOf(hook: Hook, attachType: string | undefined): HookView | undefined {
  const name = attachType ?? ATTACH_TYPES[0].name;
  return (
    hook.views.find((view) => view.attachTypes?.includes(name) === true) ??
    hook.views.find((view) => view.attachTypes === undefined)
  );
}

/** What a load of `size` bytes at `off` yields; undefined when it is forbidden. */
export function loadOf(access: StructAccess, off: number, size: number): Loaded | undefined {
  if (!allows(access.read, off, size)) return undefined;
  return access.pointers[off] ?? 'scalar';
}

/** Whether a store of `size` bytes at `off` is allowed. */
export function mayStore(access: StructAccess, off: number, size: number): boolean {
  return allows(access.write, off, size);
}

/** Whether a field, or a part of it, may be read or written at all. */
export function mayUse(access: StructAccess, { offset, size }: CtxField, use: 'read' | 'write'): boolean {
  return ([1, 2, 4, 8] as const).some((width) =>
    rangesOf(access[use][width] ?? '').some(([first, last]) => first < offset + size && last >= offset),
  );
}

function allows(offsets: AccessOffsets, off: number, size: number): boolean {
  if (off % size !== 0) return false;
  return rangesOf(offsets[size as 1] ?? '').some(([first, last]) => off >= first && off <= last);
}

const parsed = new Map<string, readonly (readonly [first: number, last: number])[]>();

function rangesOf(text: string): readonly (readonly [first: number, last: number])[] {
  let ranges = parsed.get(text);
  if (ranges === undefined) {
    ranges = text === '' ? [] : text.split(' ').map(parseRange);
    parsed.set(text, ranges);
  }
  return ranges;
}

function parseRange(text: string): readonly [number, number] {
  const [first, last] = text.split('-').map(Number);
  return [first as number, last ?? (first as number)];
}
