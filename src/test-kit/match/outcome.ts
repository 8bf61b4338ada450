/** What a matcher says: `message` explains why it failed, also when it was not to pass. */
export interface Outcome {
  readonly pass: boolean;
  readonly message: () => string;
}

export function outcome(pass: boolean, failed: () => string, passed: () => string): Outcome {
  return { pass, message: pass ? passed : failed };
}
