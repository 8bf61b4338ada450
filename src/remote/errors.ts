import { SkepError } from '../errors/base.js';
import { ERRNO, type ErrnoName, KernelError } from '../errors/errno.js';
import { ProgramRejected } from '../kernel/rejected.js';

interface WireError {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly hint?: string;
  readonly docs?: string;
  readonly cause?: WireError;
  /** Further own members of the error: the report of a rejection. */
  readonly members?: Readonly<Record<string, unknown>>;
}

const BASE = new Set(['name', 'code', 'facts', 'hint', 'docs', 'errno', 'message', 'stack', 'cause']);

/** An error as data, for the wire. What is no `SkepError` is a bug of skep and says so. */
export function toWire(error: unknown, depth = 0): WireError {
  if (!(error instanceof SkepError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { name: 'Error', code: 'INTERNAL', message };
  }
  const members = Object.fromEntries(Object.entries(error).filter(([key]) => !BASE.has(key)));
  return {
    name: error.name,
    code: error.code,
    message: error.message,
    facts: error.facts,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.docs === undefined ? {} : { docs: error.docs }),
    ...(error.cause === undefined || depth > 2 ? {} : { cause: toWire(error.cause, depth + 1) }),
    ...(Object.keys(members).length === 0 ? {} : { members }),
  };
}

/** The error that the other side threw: a `KernelError` when its code is an errno, else a `SkepError`. */
export function fromWire(data: unknown): SkepError {
  const wire = (typeof data === 'object' && data !== null ? data : {}) as Partial<WireError>;
  const code = String(wire.code ?? 'INTERNAL');
  const message = String(wire.message ?? 'the other side failed without saying why');
  const details = {
    facts: wire.facts ?? {},
    ...(wire.hint === undefined ? {} : { hint: wire.hint }),
    ...(wire.docs === undefined ? {} : { docs: wire.docs }),
    ...(wire.cause === undefined ? {} : { cause: fromWire(wire.cause) }),
  };
  const { program, rejection, log } = (wire.members ?? {}) as Partial<ProgramRejected>;
  if (code === 'PROGRAM_REJECTED' && program !== undefined && rejection !== undefined && log !== undefined) {
    return new ProgramRejected(program, rejection, log);
  }
  const error = isErrno(code)
    ? new KernelError(code, message, details)
    : new SkepError(code, message, details);
  if (typeof wire.name === 'string') error.name = wire.name;
  return Object.assign(error, wire.members);
}

function isErrno(code: string): code is ErrnoName {
  return Object.hasOwn(ERRNO, code);
}
