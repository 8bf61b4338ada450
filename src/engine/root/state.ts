import { createHash } from 'node:crypto';
import { corrupt, RootError } from './errors.js';
import type { FileRef, StateRecord } from './records.js';

/** The file that names all others: its rename is the commit. */
export const STATE_FILE = 'state';
/** Raised when an older skep could not read what a newer one writes. */
const FORMAT_VERSION = 1;

interface Heading {
  readonly format: 'skep root';
  readonly version: number;
  /** SHA-256 of the second line, hex. */
  readonly digest: string;
}

/** Two lines of JSON: what this file is, and the state. */
export function formatState(state: StateRecord): string {
  const body = JSON.stringify(state);
  const heading: Heading = { format: 'skep root', version: FORMAT_VERSION, digest: digestOf(body) };
  return `${JSON.stringify(heading)}\n${body}\n`;
}

/**
 * @param path For the message of an error.
 * @throws {RootError} ROOT_FOREIGN, ROOT_VERSION, ROOT_CORRUPT
 */
export function parseState(text: string, path: string): StateRecord {
  const [first = '', body = ''] = text.split('\n');
  const heading = parseHeading(first);
  if (heading === undefined) {
    throw new RootError('ROOT_FOREIGN', `${path} was not written by skep`, {
      facts: { path },
      hint: 'Choose another folder with SKEP_ROOT, or move the file away.',
    });
  }
  if (heading.version !== FORMAT_VERSION) {
    throw new RootError(
      'ROOT_VERSION',
      `${path} has format ${heading.version}, and this skep reads format ${FORMAT_VERSION}`,
      {
        facts: { path, version: heading.version },
        hint: 'Use the skep that wrote it, or another SKEP_ROOT.',
      },
    );
  }
  if (heading.digest !== digestOf(body)) throw corrupt(path, 'its contents changed since they were written');
  const state = JSON.parse(body) as StateRecord;
  checkNames(state, path);
  return state;
}

function parseHeading(line: string): Heading | undefined {
  try {
    const heading = JSON.parse(line) as Partial<Heading> | null;
    if (heading?.format !== 'skep root' || typeof heading.version !== 'number') return undefined;
    return { format: heading.format, version: heading.version, digest: String(heading.digest) };
  } catch {
    return undefined;
  }
}

/** A state that somebody made up, digest and all, must not make us read outside the folder. */
function checkNames(state: StateRecord, path: string): void {
  const files: FileRef[] = [...state.maps, ...state.programs].map(({ file }) => file).concat(state.btf);
  const bad = files.find(({ name }) => !/^[a-z]+-\d+\.\d+$/.test(name));
  if (bad !== undefined) throw corrupt(path, `it names a file ${JSON.stringify(bad.name)}`);
}

function digestOf(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}
