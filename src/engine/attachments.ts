import { KernelError } from '../errors/errno.js';
import { attachTypeByName, hookByName } from '../hooks/index.js';
import { type AttachTarget, targetText } from '../kernel/target.js';
import { TARGET_TYPES } from './program-types.js';

/** A program attached somewhere, as replay and the simulated world call it. */
export interface Attachment {
  readonly linkId: number;
  readonly programId: number;
  readonly target: AttachTarget;
}

/** What is attached where, in the order in which it runs. */
export class Attachments {
  readonly #byPoint = new Map<string, Attachment[]>();
  /** Another number after every change. */
  version = 0;

  /**
   * Adds behind what is there already.
   * @returns the attachment that made room, when the target says `replace`.
   * @throws {KernelError} EBUSY when the point holds one program only.
   */
  add(attachment: Attachment): Attachment | undefined {
    const points = attachPoints(attachment.target);
    const there = this.#byPoint.get(points[0] as string) ?? [];
    const occupant = attachment.target.kind === 'xdp' ? there[0] : undefined;
    if (occupant !== undefined && !(attachment.target.kind === 'xdp' && attachment.target.replace === true)) {
      throw new KernelError(
        'EBUSY',
        `${targetText(attachment.target)} already runs program ${occupant.programId} (link ${occupant.linkId})`,
        {
          facts: { ...occupant },
          hint: 'detach it first, or attach with `overwrite`',
        },
      );
    }
    this.version++;
    for (const point of points) {
      const others = (this.#byPoint.get(point) ?? []).filter((other) => other !== occupant);
      this.#byPoint.set(point, inOrder([...others, attachment]));
    }
    return occupant;
  }

  remove(linkId: number): void {
    this.version++;
    for (const [point, list] of this.#byPoint) {
      const rest = list.filter((attachment) => attachment.linkId !== linkId);
      if (rest.length === 0) this.#byPoint.delete(point);
      else this.#byPoint.set(point, rest);
    }
  }

  /** Another program in the place of a link's, at the same turn. */
  replace(linkId: number, programId: number): void {
    this.version++;
    for (const [point, list] of this.#byPoint)
      this.#byPoint.set(
        point,
        list.map((one) => (one.linkId === linkId ? { ...one, programId } : one)),
      );
  }

  at(target: AttachTarget): readonly Attachment[] {
    return this.#byPoint.get(attachPoints(target)[0] as string) ?? [];
  }

  all(): readonly Attachment[] {
    return [...new Set([...this.#byPoint.values()].flat())].sort((a, b) => a.linkId - b.linkId);
  }
}

/** Programs whose targets have a priority run in its order, the lowest first; others as they were attached. */
function inOrder(list: Attachment[]): Attachment[] {
  const priority = ({ target }: Attachment) => ('priority' in target ? (target.priority ?? 0) : 0);
  return list.sort((a, b) => priority(a) - priority(b));
}

/** The places that a target names, as keys. */
function attachPoints(target: AttachTarget): readonly string[] {
  switch (target.kind) {
    case 'tracepoint':
      // A tracepoint is one, with or without its category.
      return [`tracepoint/${target.name}`];
    case 'netfilter':
      return [`netfilter/${target.family}/${target.hook}`];
    case 'kprobe_multi':
      return target.functions.map((name) => targetText(probe(name, target.returns)));
    default:
      return [targetText(target)];
  }
}

function probe(name: string, returns: boolean | undefined): AttachTarget {
  return { kind: 'kprobe', function: name, ...(returns === true ? { returns } : {}) };
}

/** Whether programs there get structs of the kernel, which its types lay out. */
export function showsKernelStructs({ kind }: AttachTarget): boolean {
  return kind === 'kprobe' || kind === 'kprobe_multi' || kind === 'tracing' || kind === 'netfilter';
}

/**
 * @param loadedFor the attach type that the program was loaded for, where it was
 * @throws {KernelError} EINVAL when a program of this type cannot be attached there.
 */
export function requireFitting(type: string, target: AttachTarget, loadedFor?: string): void {
  const takes = TARGET_TYPES[target.kind];
  if (takes === undefined) {
    throw new KernelError('EOPNOTSUPP', `the engine cannot attach programs to ${targetText(target)} yet`, {
      facts: { type, target },
      hint: 'a real kernel may: --kernel linux',
    });
  }
  if (takes.includes(type)) {
    if (target.kind === 'cgroup') requireAttachType(type, target.attachType, loadedFor);
    return;
  }
  throw new KernelError('EINVAL', `a program of type ${type} cannot be attached to ${targetText(target)}`, {
    facts: { type, target, takes },
    hint: `load it as type ${takes.join(' or ')}`,
  });
}

/** A program is attached to a cgroup as what it was loaded for. */
function requireAttachType(type: string, name: string, loadedFor: string | undefined): void {
  const asked = attachTypeByName(name)?.name;
  const possible = hookByName(type)?.attachTypes ?? [];
  const fits = asked !== undefined && possible.includes(asked) && asked === (loadedFor ?? asked);
  if (fits) return;
  throw new KernelError(
    'EINVAL',
    `a program of type ${type}${loadedFor === undefined ? '' : `, loaded for ${loadedFor},`} cannot be attached as ${name}`,
    {
      facts: { type, attachType: name, loadedFor, possible },
      hint: `it can be attached as ${loadedFor ?? possible.join(', ')}`,
    },
  );
}
