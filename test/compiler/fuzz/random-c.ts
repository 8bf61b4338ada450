/**
 * Random C programs for BPF without undefined behaviour (with -fwrapv): numbers of all widths from the packet, structs,
 * arrays, bit-fields, branches, loops, switches, calls. Each ends with a hash over all its variables.
 */
export function randomC(seed: number): string {
  return new Writer(seed).program();
}

const TYPES = ['u8', 'u16', 'u32', 'u64', 's8', 's16', 's32', 's64'] as const;
const BINARY = ['+', '-', '*', '&', '|', '^'] as const;
const COMPARE = ['<', '<=', '>', '>=', '==', '!='] as const;

class Writer {
  #state: number;
  #depth = 0;
  #names = 0;
  readonly #functions: string[] = [];
  readonly #definitions: string[] = [];
  /** Variables that can be read, and those of them that can be written. */
  #readable: string[] = [];
  #writable: string[] = [];

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  program(): string {
    const count = this.#below(4);
    for (let index = 0; index < count; index++) this.#function();
    const body = this.#main();
    return `${PRELUDE}\n${this.#definitions.join('\n')}\n${body}`;
  }

  /** mulberry32. */
  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T;
  }

  #fresh(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }

  #function(): void {
    const name = this.#fresh('f');
    const arity = 1 + this.#below(3);
    const parameters = Array.from({ length: arity }, () => `${this.#pick(TYPES)} ${this.#fresh('a')}`);
    const names = parameters.map((parameter) => parameter.split(' ')[1] as string);
    const attribute = this.#pick([
      'static __attribute__((noinline))',
      'static inline',
      '__attribute__((noinline))',
    ]);
    const returns = attribute.startsWith('static')
      ? this.#pick(TYPES)
      : this.#pick(['u32', 'u64', 's32'] as const);
    this.#readable = [...names];
    this.#writable = [...names];
    const lines = this.#statements(2 + this.#below(3));
    this.#definitions.push(
      `${attribute} ${returns} ${name}(${parameters.join(', ')})\n{\n${lines.join('\n')}\n\treturn ${this.#expression()};\n}`,
    );
    this.#functions.push(`${name}:${arity}`);
  }

  #main(): string {
    this.#readable = [];
    this.#writable = [];
    const lines: string[] = [];
    const variables = 3 + this.#below(5);
    for (let index = 0; index < variables; index++) {
      const type = this.#pick(TYPES);
      const name = this.#fresh('v');
      lines.push(
        `\t${type} ${name};\n\t__builtin_memcpy(&${name}, p + ${this.#below(56)}, sizeof(${name}));`,
      );
      this.#readable.push(name);
      this.#writable.push(name);
    }
    lines.push(
      '\tstruct mixed s = {};\n\t__builtin_memset(words, 3, sizeof(words));\n\t__builtin_memset(bytes, 0, sizeof(bytes));\n\tshared = 5;',
    );
    for (const place of [
      's.a',
      's.b',
      's.c',
      's.d',
      's.low',
      's.high',
      's.flag',
      'words[1]',
      'bytes[3]',
      'shared',
    ]) {
      this.#readable.push(place);
      this.#writable.push(place);
    }
    lines.push(...this.#statements(4 + this.#below(8)));
    const hashed = this.#readable.map((name) => `\thash = hash * 31 + (u64)${name};`);
    return `SEC("xdp") int prog(struct xdp_md *ctx)
{
	u8 *p = (u8 *)(long)ctx->data, *end = (u8 *)(long)ctx->data_end;
	u64 hash = 7;
	if (p + 64 > end)
		return 0;
${lines.join('\n')}
${hashed.join('\n')}
	for (int i = 0; i < 4; i++)
		hash = hash * 31 + words[i];
	for (int i = 0; i < 8; i++)
		hash = hash * 31 + bytes[i];
	result = hash;
	return (u32)hash ^ (u32)(hash >> 32);
}
char _license[] SEC("license") = "GPL";
`;
  }

  #statements(count: number): string[] {
    return Array.from({ length: count }, () => this.#statement());
  }

  #statement(): string {
    const kind = this.#depth > 2 ? this.#below(4) : this.#below(10);
    const target = this.#pick(this.#writable);
    switch (kind) {
      case 0:
      case 1:
        return `\t${target} = ${this.#expression()};`;
      case 2:
        return `\t${target} ${this.#pick(BINARY)}= ${this.#expression()};`;
      case 3:
        return `\t${target} = (${this.#pick(TYPES)})${this.#operand()};`;
      case 4:
        return `\tif (${this.#condition()}) {\n${this.#inner()}\n\t} else {\n${this.#inner()}\n\t}`;
      case 5:
        return `\tif (${this.#condition()}) {\n${this.#inner()}\n\t}`;
      case 6: {
        const index = this.#fresh('i');
        this.#readable.push(index);
        const body = this.#inner();
        this.#readable = this.#readable.filter((name) => name !== index);
        return `\tfor (u32 ${index} = 0; ${index} < ${1 + this.#below(6)}; ${index}++) {\n${body}\n\t}`;
      }
      case 7: {
        const cases = Array.from(
          { length: 2 + this.#below(5) },
          (_, number) => `\tcase ${number}:\n${this.#inner()}\n\t\tbreak;`,
        );
        return `\tswitch (${this.#expression()} & 7) {\n${cases.join('\n')}\n\tdefault:\n${this.#inner()}\n\t}`;
      }
      case 8:
        return this.#writable.includes('bytes[3]')
          ? `\tbytes[(${this.#expression()}) & 7] = ${this.#expression()};`
          : `\t${target} = ${this.#expression()};`;
      default:
        return this.#writable.includes('words[1]')
          ? `\twords[(${this.#expression()}) & 3] += ${this.#expression()};`
          : `\t${target} = ${this.#expression()};`;
    }
  }

  #inner(): string {
    this.#depth++;
    const text = this.#statements(1 + this.#below(2)).join('\n');
    this.#depth--;
    return text.replaceAll(/^/gm, '\t');
  }

  #condition(): string {
    const one = `${this.#expression()} ${this.#pick(COMPARE)} ${this.#expression()}`;
    if (this.#below(4) > 0) return one;
    return `${one} ${this.#pick(['&&', '||'])} (${this.#operand()} & ${1 << this.#below(16)})`;
  }

  #expression(depth = 0): string {
    if (depth > 3 || this.#below(4) === 0) return this.#operand();
    const next = () => this.#expression(depth + 1);
    switch (this.#below(12)) {
      case 0:
        return `((u32)(${next()}) / ((u32)(${next()}) | 1))`;
      case 1:
        return `((u64)(${next()}) % ((u64)(${next()}) | 1))`;
      case 2:
        return `((${this.#pick(['u32', 's32'])})(${next()}) ${this.#pick(['<<', '>>'])} ((${next()}) & 31))`;
      case 3:
        return `((${this.#pick(['u64', 's64'])})(${next()}) ${this.#pick(['<<', '>>'])} ((${next()}) & 63))`;
      case 4:
        return `(${this.#condition()} ? ${next()} : ${next()})`;
      case 5:
        return `(${this.#pick(TYPES)})(${next()})`;
      case 6:
        return this.#pick(['__builtin_bswap16', '__builtin_bswap32', '__builtin_bswap64']).concat(
          `(${next()})`,
        );
      case 7:
        return `(${this.#pick(['~', '-', '!'])}(${next()}))`;
      case 8:
        return this.#call(next);
      default:
        return `((${next()}) ${this.#pick(BINARY)} (${next()}))`;
    }
  }

  #call(next: () => string): string {
    if (this.#functions.length === 0) return next();
    const [name, arity] = this.#pick(this.#functions).split(':');
    return `${name}(${Array.from({ length: Number(arity) }, next).join(', ')})`;
  }

  #operand(): string {
    if (this.#readable.length > 0 && this.#below(3) > 0) return this.#pick(this.#readable);
    const number = this.#pick([0, 1, 2, 7, 8, 31, 63, 127, 128, 255, 256, 0x7fff, 0xffff, 0x12345678]);
    return this.#below(6) === 0
      ? `0x${(number * 0x10001 + 0xabc).toString(16)}${this.#pick(['', 'ull'])}`
      : `${number}`;
  }
}

const PRELUDE = `typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long long u64;
typedef signed char s8; typedef short s16; typedef int s32; typedef long long s64;
struct xdp_md { u32 data, data_end, data_meta, ingress_ifindex, rx_queue_index, egress_ifindex; };
struct mixed { u8 a; u32 b; s16 c; u64 d; u32 low : 5, high : 11; s32 flag : 3; };
#define SEC(name) __attribute__((section(name), used))
u64 result;
u32 shared, words[4] __attribute__((aligned(8)));
u8 bytes[8] __attribute__((aligned(8)));`;
