import type { Session } from './session.js';

/** Watches a verification from outside: how explanations and profiles are made without costing others anything. */
export interface Observer {
  /**
   * An old state covers only what lies within all of its ranges, precise or not: the states of an instruction then contain
   * every run, which Linux's pruning does not promise.
   */
  readonly rangesDecide?: boolean;
  /** The instruction at `s.at` is about to be checked and performed. */
  step?(s: Session): void;
  /** The current instruction loads from or stores to a stack slot as a whole value. */
  stackAccess?(frame: number, slot: number): void;
  /** The path is set aside. The answer is handed back when it is resumed. */
  mark?(s: Session): unknown;
  resumed?(s: Session, mark: unknown): void;
  /** An old state covers the one at `s.at`: the path ends. */
  pruned?(s: Session): void;
  /** A state is kept at `s.at`. */
  saved?(s: Session): void;
  /** The program is refused at `s.at`; the state is as the refused instruction found it, or left it. */
  refused?(s: Session): void;
}
