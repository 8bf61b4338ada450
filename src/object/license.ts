/** Licences that give a program the GPL-only helpers. Linux `license_is_gpl_compatible`. */
const GPL_COMPATIBLE = new Set([
  'GPL',
  'GPL v2',
  'GPL and additional rights',
  'Dual BSD/GPL',
  'Dual MIT/GPL',
  'Dual MPL/GPL',
]);

/** Whether a licence string counts as compatible with the GPL, letter by letter. */
export function isGplCompatible(license: string): boolean {
  return GPL_COMPATIBLE.has(license);
}
