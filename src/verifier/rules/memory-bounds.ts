import type { Rule } from './rule.js';

/** What a bounds check found: shared with the rule of packets, whose wording is the same. */
export interface BoundsFacts {
  readonly region?: 'packet' | { readonly name: string; readonly size: string };
  readonly reg: number;
  readonly off?: number;
  readonly size?: number;
  readonly limit?: number;
  readonly id?: number;
  readonly kind: 'min' | 'max' | 'packet' | 'negative' | 'unbounded' | 'plain';
}

/** Linux's words for an access beyond the bounds of a region. */
export function boundsMessage({ region, reg, off, size, limit, id, kind }: BoundsFacts): string {
  const place =
    region === undefined
      ? []
      : region === 'packet'
        ? [`invalid access to packet, off=${off} size=${size}, R${reg}(id=${id},off=${off},r=${limit})`]
        : [`invalid access to ${region.name}, ${region.size}=${limit} off=${off} size=${size}`];
  switch (kind) {
    case 'min':
      return [...place, `R${reg} min value is outside of the allowed memory range`].join('\n');
    case 'max':
      return [...place, `R${reg} max value is outside of the allowed memory range`].join('\n');
    case 'packet':
      return [...place, `R${reg} offset is outside of the packet`].join('\n');
    case 'negative':
      return `R${reg} min value is negative, either use unsigned index or do a if (index >=0) check.`;
    case 'unbounded':
      return `R${reg} unbounded memory access, make sure to bounds check any such access`;
    case 'plain':
      return place.join('\n');
  }
}

export const memoryBounds: Rule<BoundsFacts> = {
  id: 'memory-bounds',
  errno: 'EACCES',
  message: boundsMessage,
  explanation:
    'The access may lie outside of the memory that the pointer points to: a map value, or memory that a helper gave.',
  hint: 'Compare the index with the size before it is used, and use the very register that was compared.',
  fails: {
    source:
      'r2 = r10\nr2 += -4\nr1 = 0\n*(u32 *)(r10 - 4) = r1\nr1 = map[hash]\ncall bpf_map_lookup_elem\nif r0 == 0 goto +1\nr0 = *(u64 *)(r0 + 8)\nexit',
  },
  passes: {
    source:
      'r2 = r10\nr2 += -4\nr1 = 0\n*(u32 *)(r10 - 4) = r1\nr1 = map[hash]\ncall bpf_map_lookup_elem\nif r0 == 0 goto +1\nr0 = *(u64 *)(r0 + 0)\nexit',
  },
};
