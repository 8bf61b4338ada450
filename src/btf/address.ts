/**
 * An IPv4 address in dotted form.
 * @param address 4 bytes in network order, or the number that a little-endian program reads from them (`__be32`).
 */
export function formatIpv4(address: Uint8Array | number): string {
  const bytes =
    typeof address === 'number'
      ? [address & 255, (address >>> 8) & 255, (address >>> 16) & 255, address >>> 24]
      : address;
  return Array.from(bytes).join('.');
}

/** An IPv6 address in the form of RFC 5952: lower case, the longest run of zero groups as `::`. @param bytes 16 bytes. */
export function formatIpv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  let [bestStart, bestLength] = [-1, 1];
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > bestLength) [bestStart, bestLength] = [start, length];
  }
  const hex = groups.map((group) => group.toString(16));
  if (bestStart < 0) return hex.join(':');
  return `${hex.slice(0, bestStart).join(':')}::${hex.slice(bestStart + bestLength).join(':')}`;
}
