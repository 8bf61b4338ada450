/** Kernel names hold 15 bytes and a NUL (BPF_OBJ_NAME_LEN). */
const NAME_BYTES = 16;

/**
 * The name that libbpf gives to the map of a global-data section: the object's name cut so that the section's fits
 * (`tcp_syn_.rodata`), or the section's own when it is one of several of its kind (`.rodata.str1.1`).
 *
 * @param objectName what `objectNameOf` gives; without it the section's name is the map's.
 */
export function dataMapName(section: string, objectName: string | undefined): string {
  if (objectName === undefined || section.indexOf('.', 1) >= 0) return section;
  const suffix = section.slice(0, NAME_BYTES - 1);
  const prefix = objectName.slice(0, Math.min(NAME_BYTES - 1 - Math.max(7, suffix.length)));
  return `${prefix}${suffix}`.replace(/[^A-Za-z0-9_.]/g, '_');
}

/** libbpf's name of an object: its file's name up to the first dot, at most 15 bytes. */
export function objectNameOf(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1);
  return (file.split('.')[0] ?? '').slice(0, NAME_BYTES - 1);
}

/** The name of a section of global data as an identifier of C: `data_custom` for `.data.custom`. */
export function sectionIdentifier(section: string): string {
  return section.replace(/^\./, '').replace(/[^A-Za-z0-9_]/g, '_');
}
