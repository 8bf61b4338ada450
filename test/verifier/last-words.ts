/** What a log without instructions says: the message alone. */
export function lastWords(log: string): string {
  // This kernel notes contradictory ranges of dead branches as bugs of its own; they decide nothing.
  const words = log
    .replace(/^verifier bug: REG INVARIANTS.*\n/gm, '')
    .replace(/^func '.*' arg\d+ has btf_id .*\n/gm, '')
    .replace(/^(Validating \w+\(\) func#\d+\.\.\.|Func#\d+ \('\w+'\) is .*)\n/gm, '');
  return words.replace(/(verification time|stack depth|processed \d+ insns)[\s\S]*$/, '').trimEnd();
}
