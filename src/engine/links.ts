import { KernelError } from '../errors/errno.js';
import { attachTypeByName } from '../hooks/index.js';
import type { BpfMap, Program } from '../kernel/kernel.js';
import { type AttachTarget, requireReplaceable } from '../kernel/target.js';
import { Attachments, requireFitting } from './attachments.js';
import { LinkHandle, type LinkOwner } from './link-handle.js';
import type { ObjectTable } from './objects.js';
import type { Pins } from './pins.js';
import type { ProgramObject, ProgramParts } from './program-object.js';
import { functionsLike, requireFunction, requireLsmHook } from './world/trace/functions.js';
import { resolveTracepoint } from './world/tracepoints.js';
import type { World } from './world/world.js';

/** The links of an engine. Each keeps its program alive until it is detached. */
export class Links implements LinkOwner {
  /** What the links have attached. */
  readonly attachments = new Attachments();
  nextId = 1;
  readonly #links = new Map<number, LinkHandle>();
  readonly #programs: ObjectTable<ProgramObject>;
  readonly #pins: Pins;
  readonly #world: World;

  constructor(programs: ObjectTable<ProgramObject>, pins: Pins, world: World) {
    this.#programs = programs;
    this.#pins = pins;
    this.#world = world;
  }

  /** Ascending by id. */
  all(): LinkHandle[] {
    return [...this.#links.values()].sort((a, b) => a.id - b.id);
  }

  /** @throws {KernelError} ENOENT */
  get(id: number): LinkHandle {
    const link = this.#links.get(id);
    if (link === undefined)
      throw new KernelError('ENOENT', `there is no link with id ${id}`, {
        facts: { id },
        hint: 'list them with `skep link show`',
      });
    return link;
  }

  /** Attaches a program. @throws {KernelError} ENODEV, ENOENT, EBUSY */
  add(program: ProgramObject, to: AttachTarget, id = this.nextId): LinkHandle {
    const target = resolve(this.#world, to, program.parts);
    const replaced = this.attachments.add({ linkId: id, programId: program.id, target });
    if (replaced !== undefined) this.detach(replaced.linkId);
    this.nextId = Math.max(this.nextId, id + 1);
    const iface = 'iface' in target ? target.iface : undefined;
    const ifindex = iface === undefined ? undefined : this.#world.device(iface).ifindex;
    const link = new LinkHandle(id, program.id, target, ifindex, this);
    this.#links.set(id, link);
    this.#programs.use(program);
    return link;
  }

  /** The program of a link, replaced in one step. @throws {KernelError} EINVAL, EPERM */
  replace(link: LinkHandle, next: Program | BpfMap, expected: Program | BpfMap | undefined): void {
    this.get(link.id);
    requireReplaceable(link.target);
    const program = this.#programs.get(next.id);
    const { type, attachType } = program.parts;
    requireFitting(type, link.target, attachType);
    const before = this.#programs.get(link.programId);
    if (expected !== undefined && expected.id !== before.id)
      throw new KernelError('EPERM', `link ${link.id} runs program ${before.id}, not ${expected.id}`, {
        facts: { id: link.id, program: before.id, expected: expected.id },
      });
    if (type !== before.parts.type)
      throw new KernelError(
        'EINVAL',
        `link ${link.id} runs a program of type ${before.parts.type}, not ${type}`,
        {
          facts: { id: link.id, type, runs: before.parts.type },
        },
      );
    program.code();
    this.#programs.use(program);
    this.attachments.replace(link.id, program.id);
    link.programId = program.id;
    this.#programs.release(before);
  }

  detach(linkId: number): void {
    const link = this.#links.get(linkId);
    if (link === undefined) return;
    this.#links.delete(linkId);
    this.attachments.remove(linkId);
    for (const pin of this.#pins.all())
      if (pin.kind === 'link' && pin.id === linkId) this.#pins.remove(pin.path);
    this.#programs.release(this.#programs.get(link.programId));
  }
}

/** A target with its device, function or tracepoint checked, in the one form that it is kept in. */
function resolve(world: World, target: AttachTarget, parts: ProgramParts): AttachTarget {
  switch (target.kind) {
    case 'tracepoint': {
      const { category, name } = resolveTracepoint(target.name, target.category);
      return { ...target, category, name };
    }
    case 'cgroup': {
      // The simulated host has every cgroup that somebody names.
      const { path } = world.cgroups.make(target.path);
      return { ...target, path, attachType: attachTypeByName(target.attachType)?.name ?? target.attachType };
    }
    case 'raw_tracepoint':
      return { ...target, name: resolveTracepoint(target.name).name };
    case 'tracing':
      return resolveTracing(target, parts);
    case 'kprobe':
      return { ...target, function: requireFunction(target.function) };
    case 'kprobe_multi':
      return { ...target, functions: functionsLike(target.functions) };
    case 'netns':
      return { ...target, attachType: attachTypeByName(target.attachType)?.name ?? target.attachType };
    default:
      if ('iface' in target && target.iface !== undefined) world.device(target.iface);
      return target;
  }
}

/** What a program was loaded for says where it goes. @throws {KernelError} EINVAL, ENOENT */
function resolveTracing(
  target: Extract<AttachTarget, { readonly kind: 'tracing' }>,
  { attachType, attachTo }: ProgramParts,
): AttachTarget {
  const name = attachTo ?? target.function;
  const type = attachType ?? target.attachType;
  if (name === undefined || type === undefined)
    throw new KernelError('EINVAL', 'the program does not say which function it is for', {
      hint: 'name it in the section: SEC("fentry/tcp_v4_connect")',
    });
  if (target.function !== undefined && target.function !== name)
    throw new KernelError('EINVAL', `the program was loaded for ${name}, not for ${target.function}`, {
      facts: { loadedFor: name, function: target.function },
    });
  if (type === 'trace_raw_tp') return { ...target, attachType: type, function: resolveTracepoint(name).name };
  if (type === 'lsm_mac') return { ...target, attachType: type, function: requireLsmHook(name) };
  if (type === 'trace_fentry' || type === 'trace_fexit' || type === 'modify_return')
    return { ...target, attachType: type, function: requireFunction(name) };
  throw new KernelError('EOPNOTSUPP', `the engine cannot attach ${type} programs yet`, {
    facts: { attachType: type },
    docs: 'world.md',
  });
}
