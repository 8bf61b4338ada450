import type { Rule } from './rule.js';

export const packetBounds: Rule<{
  readonly region?: 'packet' | { readonly name: string; readonly size: string };
  readonly reg: number;
  readonly off?: number;
  readonly size?: number;
  readonly limit?: number;
  readonly id?: number;
  readonly kind: 'min' | 'max' | 'packet' | 'negative' | 'unbounded' | 'plain';
}> = {
  id: 'packet-bounds',
  errno: 'EACCES',
  message: ({ region, reg, off, size, limit, id, kind }) => {
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
  },
  explanation: 'The packet may be shorter than what this access reads.',
  hint: 'Compare data + offset + size with data_end first, with the same pointer, and leave on the branch where it is beyond; do it again after a helper that changes the packet.',
  fails: { hook: 'xdp', source: 'r2 = *(u32 *)(r1 + 0)\nr0 = *(u8 *)(r2 + 0)\nr0 = 1\nexit' },
  passes: {
    hook: 'xdp',
    source:
      'r2 = *(u32 *)(r1 + 0)\nr3 = *(u32 *)(r1 + 4)\nr4 = r2\nr4 += 1\nif r4 > r3 goto +1\nr0 = *(u8 *)(r2 + 0)\nr0 = 1\nexit',
  },
};
