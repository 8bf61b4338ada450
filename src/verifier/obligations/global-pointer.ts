import { findAllByName, nameOf, resolve } from '../../btf/index.js';
import type { Btf, BtfTypeId } from '../../btf/types.js';
import type { Session } from '../explore/session.js';
import { isStructType, kernelBtf, kindText, plainType } from '../kernel-types/session-types.js';
import { callArguments } from '../rules/call-arguments.js';
import { refuse } from '../rules/rule.js';

/** A pointer argument of a global function that its tags make one to the kernel's memory. */
export type TaggedPointer =
  /** A valid pointer to a struct of the kernel. */
  | { readonly kind: 'trusted'; readonly struct: BtfTypeId; readonly nullable: boolean }
  /** Anything: it is read with care, as a struct of the kernel or as bytes (`struct` 0). */
  | { readonly kind: 'untrusted'; readonly struct: BtfTypeId }
  | { readonly kind: 'arena' };

/** What the tags make of a pointer; undefined when it is one to the caller's own memory. @throws {Refusal} */
export function taggedPointer(
  s: Session,
  btf: Btf,
  target: BtfTypeId,
  index: number,
  tags: readonly string[],
): TaggedPointer | undefined {
  if (tags.includes('trusted')) {
    if (tags.includes('nonnull')) invalid(s, `arg#${index} has invalid combination of tags`);
    return {
      kind: 'trusted',
      struct: kernelStructOf(s, btf, target, index),
      nullable: tags.includes('nullable'),
    };
  }
  if (tags.includes('untrusted')) {
    if (tags.length > 1) invalid(s, `arg#${index} untrusted cannot be combined with any other tags`);
    const type = plainType(btf, target);
    const isPlain =
      type.kind === 'void' || type.kind === 'int' || type.kind === 'enum' || type.kind === 'enum64';
    return { kind: 'untrusted', struct: isPlain ? 0 : kernelStructOf(s, btf, target, index) };
  }
  if (!tags.includes('arena')) return undefined;
  if (tags.length > 1) invalid(s, `arg#${index} arena cannot be combined with any other tags`);
  return { kind: 'arena' };
}

function invalid(s: Session, text: string): never {
  return refuse(callArguments, s.at, { text });
}

/** The kernel's struct that a struct of the program stands for: of the same name, a flavour (`___new`) taken off. */
function kernelStructOf(s: Session, btf: Btf, target: BtfTypeId, index: number): BtfTypeId {
  const local = plainType(btf, target);
  const kernel = kernelBtf(s);
  const name = nameOf(local).replace(/___.*$/, '');
  const words = `${kindText(local)} ${nameOf(local)}`;
  const found = findAllByName(kernel, name).filter((id) => kernel.types.at(id)?.kind === local.kind);
  if (found.length !== 1)
    invalid(
      s,
      `arg#${index} reference type('${words}') ${found.length === 0 ? 'has no matches' : 'is ambiguous'}`,
    );
  const id = resolve(kernel, found[0] as BtfTypeId);
  const type = plainType(kernel, id);
  if (!isStructType(type))
    invalid(
      s,
      `arg#${index} has type ${kindText(type)} '${nameOf(local)}', but only struct types are allowed`,
    );
  return id;
}
