import { formatIpv4, formatIpv6 } from '../../btf/address.js';
import { type Btf, type BtfTypeId, typeAt } from '../../btf/index.js';

const ADDRESS_NAME =
  /(?:^|_)(?:[sd]?addr(?:ess)?|ip|ip4|ip6|ipv4|ipv6|src|dst|src_ip|dst_ip|source|dest|peer|host)\d*$/i;

/**
 * The text of an IP address, when BTF says that the bytes are one: `struct in_addr`, `struct in6_addr`, a `__be32`
 * that is a whole key or value or has a name like `saddr`, 16 bytes of such a name.
 * @param name The member's name; undefined for a whole key or value.
 */
export function addressText(
  btf: Btf,
  id: BtfTypeId,
  name: string | undefined,
  bytes: Uint8Array,
): string | undefined {
  const names: string[] = [];
  let type = typeAt(btf, id);
  for (let depth = 0; depth < 32; depth++) {
    if (type.kind === 'typedef') names.push(type.name);
    else if (type.kind !== 'const' && type.kind !== 'volatile' && type.kind !== 'type_tag') break;
    type = typeAt(btf, type.type);
  }
  if (type.kind === 'struct' && type.name === 'in_addr' && bytes.length === 4) return formatIpv4(bytes);
  if (type.kind === 'struct' && type.name === 'in6_addr' && bytes.length === 16) return formatIpv6(bytes);
  const isNamed = name === undefined || ADDRESS_NAME.test(name);
  if (isNamed && names.includes('__be32') && bytes.length === 4) return formatIpv4(bytes);
  if (name !== undefined && isNamed && type.kind === 'array' && bytes.length === 16) return formatIpv6(bytes);
  return undefined;
}
