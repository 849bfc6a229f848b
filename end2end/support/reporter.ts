// Ends a run with one machine-readable line.
import type { FullResult, Reporter, Suite } from '@playwright/test/reporter';

export default class ClosingLine implements Reporter {
  private suite: Suite | undefined;
  private errors = 0;

  onBegin(_config: unknown, suite: Suite): void {
    this.suite = suite;
  }

  onError(): void {
    this.errors += 1;
  }

  onEnd({ status }: FullResult): void {
    const outcomes = this.suite?.allTests().map((test) => test.outcome()) ?? [];
    const count = (outcome: string) => outcomes.filter((each) => each === outcome).length;
    // An error outside of any test, such as a spec that does not load, is a failure, too.
    const failed = count('unexpected') + count('flaky') + this.errors;
    const atLeast = status === 'passed' ? failed : Math.max(failed, 1);
    console.log(`${count('expected')} passed, ${atLeast} failed, ${count('skipped')} skipped`);
  }

  printsToStdio(): boolean {
    return false;
  }
}
