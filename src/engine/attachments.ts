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
    const point = attachPoint(attachment.target);
    const there = this.#byPoint.get(point) ?? [];
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
    this.#byPoint.set(point, [...there.filter((other) => other !== occupant), attachment]);
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
    return this.#byPoint.get(attachPoint(target)) ?? [];
  }

  all(): readonly Attachment[] {
    return [...this.#byPoint.values()].flat().sort((a, b) => a.linkId - b.linkId);
  }
}

/** One place to attach to, as a key. */
function attachPoint(target: AttachTarget): string {
  // A tracepoint is one, with or without its category.
  return target.kind === 'tracepoint' ? `tracepoint/${target.name}` : targetText(target);
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
