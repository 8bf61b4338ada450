import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Says at the end what was skipped, with the reasons that the tests' names carry, and counts. */
export default class SkipsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const skipped = new Map<string, number>();
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      for (const test of tests) {
        const { state } = test.result();
        if (state === 'pending') continue;
        counts[state]++;
        if (state !== 'skipped') continue;
        const key = `${module.relativeModuleId}: ${groupOf(test)}`;
        skipped.set(key, (skipped.get(key) ?? 0) + 1);
      }
      if (tests.length === 0 && module.state() === 'failed') counts.failed++;
    }
    const lines = [...skipped].map(([what, times]) => `  ${times} × ${what}`);
    if (lines.length > 0) process.stdout.write(`\nskipped:\n${lines.join('\n')}\n`);
    process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  }
}

/** What carries the reason: the test itself in brackets, or else its outermost suite. Cases of one table are one group. */
function groupOf(test: TestCase): string {
  let { name } = test;
  if (/ \(.+\)$/.test(name)) return name;
  for (let { parent } = test; parent.type === 'suite'; parent = parent.parent) name = parent.name;
  return name.replace(/\s*\d+$/, '').trim();
}
