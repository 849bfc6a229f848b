// One line for each scenario and provider: on the screen when it ends, and together in target/interop/summary.
import type { FullResult, Reporter, TestCase, TestResult } from '@playwright/test/reporter';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../../target/interop', import.meta.url));

export default class Summary implements Reporter {
  private readonly lines: string[] = [];

  onTestEnd(test: TestCase, { status, duration, annotations, errors }: TestResult): void {
    const said = (type: string) => annotations.filter((each) => each.type === type).map((each) => each.description ?? '');
    const provider = said('provider')[0] ?? test.parent.project()?.name ?? '';
    const facts = [...said('note'), ...said('skip')].filter(Boolean).join('; ');
    const line = `${provider}: ${test.title}: ${status}, ${(duration / 1_000).toFixed(1)} s${facts && ` (${facts})`}`;
    this.lines.push(line);
    console.log(line);
    for (const { message } of errors) console.log(message ?? '');
  }

  onError({ message }: { message?: string }): void {
    console.log(message ?? '');
  }

  onEnd({ status, duration }: FullResult): void {
    this.lines.push(`interop: ${status} in ${Math.floor(duration / 60_000)} min ${Math.round((duration % 60_000) / 1_000)} s`);
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(`${FOLDER}/summary`, `${this.lines.join('\n')}\n`);
    console.log(this.lines.at(-1));
  }

  printsToStdio(): boolean {
    return true;
  }
}
