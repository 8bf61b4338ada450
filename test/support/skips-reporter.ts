import type { Reporter, TestModule } from 'vitest/node';

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
        const suite = test.parent.type === 'suite' ? `${test.parent.fullName} ` : '';
        const title = suite === '' ? test.name : suite;
        const key = `${module.relativeModuleId}: ${title.trim()}`;
        skipped.set(key, (skipped.get(key) ?? 0) + 1);
      }
      if (tests.length === 0 && module.state() === 'failed') counts.failed++;
    }
    const lines = [...skipped].map(([what, times]) => `  ${times} × ${what}`);
    if (lines.length > 0) process.stdout.write(`\nskipped:\n${lines.join('\n')}\n`);
    process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  }
}
