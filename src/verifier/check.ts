import { HELPER_NAMES } from '../helpers/names.js';
import { helperById, helperId } from '../helpers/registry.js';
import { viewOf } from '../hooks/access.js';
import type { HookView } from '../hooks/hook.js';
import { capabilitiesToLoad } from '../hooks/load-capabilities.js';
import { analyse } from './control-flow/analyse.js';
import type { Shape, Subprogram } from './control-flow/shape.js';
import { lineOf } from './explain/source-line.js';
import { explore } from './explore/explore.js';
import type { Observer } from './explore/observer.js';
import { newPath } from './explore/path.js';
import { Session } from './explore/session.js';
import { checkStructOps } from './kernel-types/struct-ops.js';
import { knownSubprograms, logHeader, subprogramsText } from './log/header.js';
import { tellRefusal } from './log/refusal.js';
import { enterGlobal, globalArguments, noteMainArguments } from './obligations/global-function.js';
import { checkStackDepth } from './obligations/stack-depth.js';
import { checkTailCalls } from './obligations/tail-calls.js';
import { type Rights, rightsOf } from './privileges.js';

import { attachType } from './rules/attach-type.js';
import { exception } from './rules/exception.js';
import { privileges } from './rules/privileges.js';
import { programSize } from './rules/program-size.js';
import { Refusal, refuse } from './rules/rule.js';
import { STATE_FIRST_INSN } from './state/layout.js';
import type {
  ProgramFacts,
  Rejection,
  VerifierProgram,
  VerifyOptions,
  VerifyResult,
  VerifyStats,
} from './verify.js';

/** Linux's BPF_COMPLEXITY_LIMIT_INSNS: processed instructions, and a program's own length. */
const BUDGET = 1_000_000;
/** Linux's BPF_MAXINSNS: how long a program may be that is loaded without CAP_BPF. */
const UNPRIVILEGED_LENGTH = 4096;
const NO_STATS = { processedInsns: 0, totalStates: 0, peakStates: 0, maxStatesPerInsn: 0 };

/** The name of a helper, `unknown` when there is none. */
export function helperName(id: number): string {
  const name = HELPER_NAMES[id];
  return id > 0 && name !== undefined && helperId(`bpf_${name}`) === id ? `bpf_${name}` : 'unknown';
}

/**
 * See `verify`. A log of level 1 keeps only the way to a rejection, and writing it costs more than verifying: accepted
 * programs never pay for it.
 */
export function check(program: VerifierProgram, options: VerifyOptions): VerifyResult {
  if (((options.logLevel ?? 0) & 3) !== 1) return checkOnce(program, options);
  const silent = checkOnce(program, { ...options, isSilent: true });
  return silent.ok ? silent : checkOnce(program, options);
}

/** What the verifier itself may ask for. */
interface CheckOptions extends VerifyOptions {
  /** The way is not written into the log; what it says at the end is. */
  readonly isSilent?: boolean;
}

/** One verification, with somebody watching. */
export function checkOnce(
  program: VerifierProgram,
  options: CheckOptions,
  observer?: Observer,
): VerifyResult {
  const started = performance.now();
  const helpers = options.helpers ?? helperById;
  const budget = options.budget ?? BUDGET;
  const rights = rightsOf(options.privileges);
  let session: Session | undefined;
  const stats = (): VerifyStats => ({ ...statsOf(session), milliseconds: performance.now() - started });
  try {
    checkLoader(program, rights);
    const view = hookView(program);
    const shape = analyse(program, helpers, rights);
    session = new Session(program, shape, view, {
      level: options.isSilent ? (options.logLevel ?? 0) & 4 : (options.logLevel ?? 0),
      budget,
      cpus: options.cpus,
      helpers,
      helperName,
      rights,
      observer,
    });
    logHeader(session, options);
    checkStructOps(session);
    exploreAll(session);
    checkStackDepth(session);
    checkTailCalls(session);
    const facts = factsOf(session, shape);
    return {
      ok: true,
      facts,
      log: logText(session, program, options, performance.now() - started),
      stats: stats(),
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (session !== undefined) observer?.refused?.(session);
    if (session !== undefined) tellRefusal(session, error);
    const log = logText(session, program, options, performance.now() - started, error.message);
    return { ok: false, rejection: rejectionOf(program, error), log, stats: stats() };
  } finally {
    // An observer may still look at the states.
    if (observer === undefined) session?.memory.giveBack();
  }
}

function hookView({ hook, attachType: wanted }: VerifierProgram): HookView {
  const view = viewOf(hook, wanted);
  if (view !== undefined) return view;
  return refuse(attachType, 0, {
    type: hook.name,
    ...(wanted === undefined ? {} : { attachType: wanted }),
  });
}

/** What BPF_PROG_LOAD asks before it verifies. */
function checkLoader({ insns, hook }: VerifierProgram, rights: Rights): void {
  const most = rights.bpf ? BUDGET : UNPRIVILEGED_LENGTH;
  if (insns.length === 0 || insns.length > most) refuse(programSize, 0, { length: insns.length, most });
  const has = { bpf: rights.bpf, net_admin: rights.netAdmin, perfmon: rights.perfmon } as const;
  const needs = capabilitiesToLoad(hook.name);
  if (!needs.every((each) => has[each])) refuse(privileges, 0, { problem: 'type', type: hook.name, needs });
}

/** The program, then each global function that it calls. */
function exploreAll(s: Session): void {
  exploreFrom(s, s.shape.subprograms[0] as Subprogram);
  for (const { index, isExceptionCallback } of s.shape.subprograms)
    if (isExceptionCallback) s.calledGlobals.add(index);
  const done = new Set<number>([0]);
  for (let more = true; more; ) {
    more = false;
    for (const subprogram of s.shape.subprograms) {
      const { index, name } = subprogram;
      if (done.has(index) || !s.calledGlobals.has(index)) continue;
      done.add(index);
      more = true;
      s.log.line(`Validating ${name}() func#${index}...`);
      exploreFrom(s, subprogram);
      s.lastValidated = `Func#${index} ('${name}') is safe for any args that match its prototype`;
      s.log.line(s.lastValidated);
    }
  }
}

function exploreFrom(s: Session, subprogram: Subprogram): void {
  const { ops } = s;
  s.at = subprogram.start;
  s.previous = -1;
  s.entryInsn = subprogram.start;
  for (const bucket of s.explored) bucket.length = 0;
  const isMain = subprogram.index === 0;
  const args = isMain ? [{ kind: 'ctx' } as const] : globalArguments(s, subprogram);
  if (subprogram.isExceptionCallback && (args.length !== 1 || args[0]?.kind !== 'scalar'))
    refuse(exception, subprogram.start, { problem: 'argument' });
  const state = ops.newState(subprogram.index);
  s.memory.setWord(state + STATE_FIRST_INSN, subprogram.start);
  s.enter(newPath(state, subprogram.start));
  enterGlobal(s, args);
  if (isMain) noteMainArguments(s);
  s.touchedAll = true;
  s.arrives = false;
  s.log.forgetSource();
  explore(s);
  s.log.cutTo(0);
}

function statsOf(s: Session | undefined): Omit<VerifyStats, 'milliseconds'> {
  if (s === undefined) return NO_STATS;
  return {
    processedInsns: s.processed,
    totalStates: s.totalStates,
    peakStates: s.peakStates,
    maxStatesPerInsn: s.maxStatesPerInsn,
  };
}

function logText(
  s: Session | undefined,
  program: VerifierProgram,
  options: CheckOptions,
  milliseconds: number,
  message?: string,
): string {
  const level = options.logLevel ?? 0;
  if (level === 0) return '';
  const { processedInsns, totalStates, peakStates, maxStatesPerInsn } = statsOf(s);
  const validated = options.isSilent && s?.lastValidated !== undefined ? `${s.lastValidated}\n` : '';
  const text = s === undefined ? `${message}\n` : `${s.log.text()}${validated}`;
  const known = s === undefined ? knownSubprograms(program, rightsOf(options.privileges)) : [];
  const start = (level & 2) !== 0 ? subprogramsText(known) : '';
  const depths = s === undefined ? [0, ...known.slice(1).map(() => 0)] : depthsOf(s, message === undefined);
  const statistics =
    (level & 4) === 0
      ? ''
      : `verification time ${Math.round(milliseconds * 1000)} usec\nstack depth ${depths.join('+')}\n`;
  return `${start}${text}${statistics}processed ${processedInsns} insns (limit 1000000) max_states_per_insn ${maxStatesPerInsn} total_states ${totalStates} peak_states ${peakStates} mark_read 0\n`;
}

/** Bytes that Linux adds to the stack of a function in which it writes out a bpf_loop. */
const INLINED_LOOP_STACK = 24;

/** Bytes of stack of each subprogram, as Linux lays it out: of what it accepts it writes out loops and leaves out the dead. */
function depthsOf({ shape, inlinedLoops, facts, rights }: Session, isAccepted: boolean): number[] {
  const inlined = new Set(
    [...(isAccepted ? inlinedLoops : [])]
      .filter(([, callee]) => callee >= 0)
      .map(([insn]) => shape.subprogramOf[insn]),
  );
  const kept = shape.subprograms.filter(({ start }) => !isAccepted || !rights.bpf || facts.isReached(start));
  return kept.map(
    ({ index, stackDepth }) => ((stackDepth + 7) & ~7) + (inlined.has(index) ? INLINED_LOOP_STACK : 0),
  );
}

function rejectionOf(program: VerifierProgram, refusal: Refusal): Rejection {
  const line = lineOf(program, refusal.insn);
  return {
    rule: refusal.rule,
    insn: refusal.insn,
    message: refusal.message,
    errno: refusal.errno,
    facts: refusal.facts,
    hint: refusal.hint,
    ...(line === undefined ? {} : { line }),
  };
}

function factsOf(s: Session, shape: Shape): ProgramFacts {
  return { insns: shape.insns.map((_, index) => s.facts.result(index)) };
}
