import type { Diagnostic } from './diagnostics.js';

export type BpfCpu = 'v1' | 'v2' | 'v3' | 'v4';

/** What to compile. Everything that clang reads is here: it sees no other file system. */
export interface FrontRequest {
  /** The path in `files` of the C source. */
  readonly source: string;
  /**
   * Sources and headers by path; relative paths and absolute ones, with `/`. Not even the headers of the
   * compiler (`stddef.h`) are there by themselves.
   */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** `-I`, in order. */
  readonly includeDirs?: readonly string[];
  /** Where further headers are, after `includeDirs`; their warnings are not shown. */
  readonly systemDirs?: readonly string[];
  /** `-D`: `NAME` or `NAME=value`. */
  readonly defines?: readonly string[];
  /** Which instructions the program may use, which the source can ask for; `v3` unless said. */
  readonly cpu?: BpfCpu;
  readonly endian?: 'little' | 'big';
  /** Whether to describe types and lines, which BTF is made of; yes unless said. */
  readonly debugInfo?: boolean;
  /** The folder that relative paths are in, for the debug information; `/` unless said. */
  readonly directory?: string;
  /** More flags that clang's `-cc1` takes: `-W…`, `-std=…`, `-include FILE`, `-U…`. */
  readonly flags?: readonly string[];
}

/** What clang made of it. */
export interface FrontResult {
  /** LLVM bitcode, when the source has no errors. */
  readonly bitcode: Uint8Array | undefined;
  /** Errors, warnings and their notes, in clang's order. */
  readonly diagnostics: readonly Diagnostic[];
  /** The same as clang prints it, with source lines and carets. */
  readonly text: string;
}

/** A clang that can compile C for BPF to LLVM bitcode. */
export interface FrontEnd {
  /** @throws SkepError `COMPILE_*` when clang is not there, or fails itself. */
  compile(request: FrontRequest): Promise<FrontResult>;
  /** Starts loading, for those who have other work to do meanwhile. */
  prepare(): void;
  /** Gives back its memory (some 400 MB). */
  close(): Promise<void>;
}
