import { existsSync, readFileSync } from 'node:fs';
import { release, version } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { type Btf, findByName, readBtf } from '../../btf/index.js';
import type { KernelEnvironment } from '../../kernel/kernel.js';
import type { KconfigFacts } from '../../object/index.js';
import { hasFeature } from './features.js';
import { hasSymbol, symbolAddress } from './kallsyms.js';

const VMLINUX_BTF = '/sys/kernel/btf/vmlinux';

/** The kernel's types, once for all of a process: reading them takes some tenths of a second. */
let kernelBtf: Btf | undefined;

/** The running kernel's answers. Each is read when first asked for, and once. */
export class LinuxEnvironment implements KernelEnvironment {
  #config: ReadonlyMap<string, string> | undefined;
  #facts: KconfigFacts | undefined;

  get cpus(): number {
    return possibleCpus();
  }

  get config(): ReadonlyMap<string, string> {
    this.#config ??= readConfig();
    return this.#config;
  }

  get facts(): KconfigFacts {
    this.#facts ??= {
      kernelVersion: kernelVersionCode(),
      hasSyscallWrapper: hasSymbol('__x64_sys_bpf', '__arm64_sys_bpf', '__s390x_sys_bpf', '__riscv_sys_bpf'),
      hasBpfCookie: hasFeature('perf_link'),
    };
    return this.#facts;
  }

  /** Undefined on kernels without CONFIG_DEBUG_INFO_BTF. */
  get btf(): Btf | undefined {
    if (kernelBtf === undefined && existsSync(VMLINUX_BTF))
      kernelBtf = readBtf(new Uint8Array(readFileSync(VMLINUX_BTF)), VMLINUX_BTF);
    return kernelBtf;
  }

  readonly ksym = (name: string, typed: boolean): bigint | undefined => {
    if (!typed) return symbolAddress(name);
    const id = this.btf && findByName(this.btf, name, 'var');
    return id === undefined ? undefined : BigInt(id);
  };

  readonly kfunc = (name: string): number | undefined => this.btf && findByName(this.btf, name, 'func');
}

/** How many CPUs there may be: the values of a per-CPU map. */
export function possibleCpus(): number {
  const ranges = readFileSync('/sys/devices/system/cpu/possible', 'utf8').trim().split(',');
  return Math.max(...ranges.map((range) => Number(range.split('-').at(-1)))) + 1;
}

/** LINUX_VERSION_CODE; distributions that say another release than they are based on tell in the version. */
export function kernelVersionCode(): number {
  const debian = /Debian (\d+)\.(\d+)\.(\d+)/.exec(version());
  const ubuntu = existsSync('/proc/version_signature')
    ? /(\d+)\.(\d+)\.(\d+)\s*$/.exec(readFileSync('/proc/version_signature', 'utf8'))
    : null;
  const [, major, minor, patch] = debian ?? ubuntu ?? /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(release()) ?? [];
  return (Number(major ?? 0) << 16) | (Number(minor ?? 0) << 8) | Math.min(255, Number(patch ?? 0));
}

function readConfig(): ReadonlyMap<string, string> {
  const text = configText();
  const rows = [...text.matchAll(/^(CONFIG_\w+)=(.*)$/gm)];
  return new Map(rows.map(([, name = '', value = '']) => [name, value]));
}

function configText(): string {
  if (existsSync('/proc/config.gz')) return gunzipSync(readFileSync('/proc/config.gz')).toString();
  const places = [`/boot/config-${release()}`, `/lib/modules/${release()}/config`];
  const place = places.find((path) => existsSync(path));
  return place === undefined ? '' : readFileSync(place, 'utf8');
}
