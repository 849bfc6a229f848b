// The output of figures: plain lines, and tables in Markdown.

/** A count of a figure; an environment variable can override it. */
export function count(name: string, usual: number): number {
  const value = Number(process.env[name] ?? usual);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`${name} must be a number above 0`);
  if (value !== usual) changed.set(name, value);
  return value;
}

const changed = new Map<string, number>();

/** The command that repeats a figure. */
export function command(name: string): string {
  return [...[...changed].map(([key, value]) => `${key}=${value}`), `npm run figures -- ${name}`].join(' ');
}

export function line(text: string): void {
  console.log(text);
}

export function table(head: string[], rows: (string | number)[][]): void {
  const row = (cells: (string | number)[]) => console.log(`| ${cells.join(' | ')} |`);
  console.log();
  row(head);
  row(head.map((_, index) => (index === 0 ? '---' : '---:')));
  rows.forEach(row);
  console.log();
}

/** A promise of the product: if it is broken, the run fails. */
export function promise(text: string, isKept: boolean): void {
  console.log(`${isKept ? 'kept' : 'BROKEN'}: ${text}`);
  if (!isKept) process.exitCode = 1;
}

export function mean(values: number[]): number {
  return sum(values) / values.length;
}

/** The value that this share does not exceed: 0.5 is the median, 1 the worst. */
export function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

export function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** How often each value occurs: `48 data, 2 still loading`. */
export function tally(values: string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([value, times]) => `${times} ${value}`).join(', ') || 'none';
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

export function millis(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`;
}
