import { findByName } from '../btf/index.js';
import { linuxBtf } from '../btf/linux/linux-btf.js';
import type { Btf } from '../btf/types.js';
import type { KernelEnvironment } from '../kernel/kernel.js';

/** The types of the Linux that the engine stands for. Reading them takes a moment: only when a program needs them. */
export class KernelTypes {
  #btf: Btf | undefined;

  /** Undefined until they were read. */
  get btf(): Btf | undefined {
    return this.#btf;
  }

  async read(): Promise<Btf> {
    this.#btf ??= await linuxBtf();
    return this.#btf;
  }

  /** What objects ask of them: ids of functions and of typed variables. The engine has no other symbols. */
  answers(): Pick<KernelEnvironment, 'btf' | 'kfunc' | 'ksym'> {
    const btf = this.#btf;
    if (btf === undefined) return {};
    return {
      btf,
      kfunc: (name) => findByName(btf, name, 'func'),
      ksym: (name, typed) => {
        const id = typed ? findByName(btf, name, 'var', 'func') : undefined;
        return id === undefined ? undefined : BigInt(id);
      },
    };
  }
}
