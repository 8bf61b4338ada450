import type { BpfCpu } from '../../../src/compiler/front/front.js';
import { Random } from './random.js';
import type { Leaf, Scalar, Struct } from './shapes.js';

/** A number that can be read, and perhaps written. */
export interface Variable {
  readonly text: string;
  readonly type: Scalar;
  readonly writable: boolean;
}

/** A struct at hand: `s`, or `(*q)`. */
export interface Object_ {
  readonly text: string;
  readonly struct: Struct;
  readonly writable: boolean;
  /** Local and whole: what a global function may be handed. */
  readonly owned: boolean;
}

export interface Array_ {
  readonly text: string;
  readonly element: Scalar;
  /** A power of two. */
  readonly length: number;
  readonly writable: boolean;
}

export interface Map_ {
  readonly text: string;
  readonly kind: 'array' | 'hash';
  readonly value: Scalar | Struct;
  readonly entries: number;
}

export interface Function_ {
  readonly text: string;
  readonly parameters: readonly (Scalar | Struct)[];
  readonly returns: Scalar | undefined;
  /** May only be handed whole objects. */
  readonly global: boolean;
}

/** What the place that is being written can see. */
export interface Scope {
  readonly variables: Variable[];
  readonly objects: Object_[];
  readonly arrays: Array_[];
}

export const isStruct = (type: Scalar | Struct): type is Struct => 'leaves' in type;

/** What the writers of one program share. */
export class Writing {
  readonly random: Random;
  readonly cpu: BpfCpu;
  /** Names of this program's own begin so. */
  readonly prefix: string;
  readonly structs: Struct[] = [];
  readonly maps: Map_[] = [];
  readonly functions: Function_[] = [];
  readonly callbacks: { readonly text: string; readonly struct: Struct }[] = [];
  readonly strings: { readonly text: string; readonly length: number }[] = [];
  /** Texts of types, variables and functions, in order. */
  readonly definitions: string[] = [];
  scope: Scope = { variables: [], objects: [], arrays: [] };
  /** Whether `p` and `end` are there: 64 bytes of packet. */
  packet = false;
  /** Blocks around the statement, and loops among them. */
  depth = 0;
  loops = 0;
  #names = 0;

  constructor(seed: number, cpu: BpfCpu) {
    this.random = new Random(seed);
    this.cpu = cpu;
    this.prefix = `t${seed}_`;
  }

  /** A name for something outside of functions. */
  outer(letter: string): string {
    return `${this.prefix}${letter}${this.#names++}`;
  }

  inner(letter: string): string {
    return `${letter}${this.#names++}`;
  }

  atLeast(cpu: BpfCpu): boolean {
    return this.cpu >= cpu;
  }

  /** Writes something in a block of its own: what it declares is gone behind. */
  within<T>(write: () => T): T {
    const { scope } = this;
    this.scope = {
      variables: [...scope.variables],
      objects: [...scope.objects],
      arrays: [...scope.arrays],
    };
    this.depth++;
    const result = write();
    this.depth--;
    this.scope = scope;
    return result;
  }

  /** Writes a function, which sees only what is outside of all functions. */
  function<T>(outside: Scope, write: () => T): T {
    const { packet, depth, loops, scope } = this;
    this.scope = outside;
    [this.packet, this.depth, this.loops] = [false, 0, 0];
    const result = this.within(write);
    [this.packet, this.depth, this.loops, this.scope] = [packet, depth, loops, scope];
    return result;
  }
}

/** A leaf of an object as text. */
export function leafText(object: Object_, leaf: Leaf, index: () => string): string {
  return leaf.text(object.text, index);
}
