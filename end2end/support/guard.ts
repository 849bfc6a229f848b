// What fails every browser test: errors and warnings on the console (including policy violations), uncaught exceptions,
// failed requests, responses of 400 and more. A test declares the ones it expects.
import { expect, type BrowserContext, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** The browser reopens a broken stream: when the server stops, it fails at first, which is fine. */
const STREAM = /\/auth\/events$/;
/** A page requests this by itself: when its session may have ended, when the user comes back, when the server is down. */
const QUESTION = /\/api\/session$/;
const ENDED = 'a page says that its session is over: ';
const VIOLATED = 'securitypolicyviolation: ';
/** Our own message, and the browser's. */
const VIOLATION = /^securitypolicyviolation: |Content Security Policy/;
const WCAG_2_2_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** The rules whose result depends on colours and window size; the others only check the markup. */
export const LOOKS = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size'];

export class Guard {
  readonly problems: string[] = [];
  private readonly expectedStatuses: { status: number; path: RegExp }[] = [];
  /** A page's event stream ends with its server, and reconnects by itself. */
  private readonly expectedFailures: RegExp[] = [/\/auth\/events$/];

  private readonly expectedErrors: RegExp[] = [];

  /** Violations of the content security policy, if the test expects some. */
  readonly violations: string[] = [];

  private isEnding = false;
  private isRefusing = false;

  /** A session ends in this test while a page shows it. In any other test, no page may show that. */
  expectEnd(): void {
    this.isEnding = true;
  }

  /** Something in a page of this test must not run or load. */
  expectViolations(): void {
    this.isRefusing = true;
  }

  /** A response with this status is part of the test. */
  expectStatus(status: number, path: RegExp = /^/): void {
    this.expectedStatuses.push({ status, path });
  }

  /** A request to this URL may fail, because its server is down. */
  expectFailure(url: RegExp): void {
    this.expectedFailures.push(url);
  }

  /** A message like this on the console is part of the test. */
  expectError(text: RegExp): void {
    this.expectedErrors.push(text);
  }

  async watch(context: BrowserContext): Promise<void> {
    await context.addInitScript(({ ended, violated }) => {
      new MutationObserver(() => {
        const why = document.documentElement?.dataset.ended;
        if (why) console.error(ended + why);
      }).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-ended'] });
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
        console.error(`${violated}${effectiveDirective} ${blockedURI}`);
      });
    }, { ended: ENDED, violated: VIOLATED });
    context.on('weberror', (event) => {
      const { name, message, stack } = event.error();
      // If one navigation follows another, the browser aborts its own animation between the two, and reports that.
      if (name === 'InvalidStateError' && message.startsWith('Transition was aborted')) return;
      if (name === 'AbortError' && message.startsWith('Transition was skipped')) return;
      this.problems.push(`uncaught: ${stack || `${name}: ${message}`}`);
    });
    context.on('response', (response) => {
      if (response.status() >= 400 && !this.isExpectedStatus(response.status(), response.url())) {
        this.problems.push(`status ${response.status()}: ${response.url()}`);
      }
    });
    context.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? '';
      // A navigation aborts running requests of the previous page.
      if (reason !== 'net::ERR_ABORTED' && !this.isExpectedFailure(request.url())) {
        this.problems.push(`request failed, ${reason}: ${request.url()}`);
      }
    });
    context.on('console', (message) => {
      if (!['error', 'warning'].includes(message.type())) return;
      if (this.isEnding && message.text().startsWith(ENDED)) return;
      if (this.isRefusing && VIOLATION.test(message.text())) {
        if (message.text().startsWith(VIOLATED)) this.violations.push(message.text());
        return;
      }
      if (this.expectedErrors.some((expected) => expected.test(message.text()))) return;
      const { url } = message.location();
      const status = /responded with a status of (\d+)/.exec(message.text())?.[1];
      if (status && this.isExpectedStatus(Number(status), url)) return;
      if (message.text().includes('net::ERR_') && this.isExpectedFailure(url)) return;
      this.problems.push(`console ${message.type()}: ${message.text()} (${url})`);
    });
  }

  private isExpectedStatus(status: number, url: string): boolean {
    const { pathname, search } = new URL(url);
    if (this.isEnding && status === 401 && QUESTION.test(pathname)) return true;
    return this.expectedStatuses.some((expected) => expected.status === status && expected.path.test(pathname + search));
  }

  private isExpectedFailure(url: string): boolean {
    return STREAM.test(url) || QUESTION.test(url) || this.expectedFailures.some((expected) => expected.test(url));
  }
}

/** Accessibility violations of the current page, one line each; only of these rules, if given. */
export async function axeViolations(page: Page, scripts: boolean, rules?: string[]): Promise<string[]> {
  await expect.poll(() => page.evaluate(moving), 'running transitions').toBe(0);
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
  // With scripts off, evaluation still works, but no timer ever fires: timers become a queue that is processed from
  // here.
  await page.evaluate(
    ({ runOnly, scripts }) => {
      const own = window as unknown as AxeWindow;
      own.axeTimers = [];
      if (!scripts) {
        own.setTimeout = ((callback: () => void) => own.axeTimers.push(callback)) as typeof setTimeout;
      }
      own.axeReport = undefined;
      own.axe.run(document, { runOnly, resultTypes: ['violations'] }).then(
        ({ violations }) => {
          own.axeReport = violations.flatMap(({ id, help, nodes }) =>
            nodes.map(({ html, failureSummary }) => `${id}: ${help}\n  ${html}\n  ${failureSummary}`),
          );
        },
        (error: unknown) => (own.axeReport = [`axe failed: ${error}`]),
      );
    },
    { runOnly: rules ?? WCAG_2_2_AA, scripts },
  );
  for (let round = 0; round < 500; round++) {
    const report = await page.evaluate(() => {
      const own = window as unknown as AxeWindow;
      for (const callback of own.axeTimers.splice(0)) callback();
      return own.axeReport;
    });
    if (report) return report;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return ['axe did not finish'];
}

/** Running transitions and animations: until they end, colours are in between. */
function moving(): number {
  const ends = ({ effect }: Animation) => effect?.getComputedTiming().endTime !== Infinity;
  // Those of a scroll position run for as long as the page.
  const isTimed = ({ timeline }: Animation) => timeline instanceof DocumentTimeline;
  const running = document.getAnimations().filter((animation) => animation.playState === 'running');
  return running.filter((animation) => ends(animation) && isTimed(animation)).length;
}

interface AxeWindow extends Window {
  setTimeout: typeof setTimeout;
  axe: { run(context: Document, options: object): Promise<{ violations: AxeViolation[] }> };
  axeTimers: (() => void)[];
  axeReport: string[] | undefined;
}

interface AxeViolation {
  id: string;
  help: string;
  nodes: { html: string; failureSummary: string }[];
}
