// How a cost grows with a number. A figure reads the cost of every number in turn, in several rounds, so that whatever
// else the machine does affects all numbers alike. Each round has its own line of least squares; the median of their
// slopes is the cost of one more, and their spread is its error.
import { mean, quantile, sum } from './report.ts';
import { inTurns } from './turns.ts';

export interface Point {
  /** The number: sessions, panels, rows. */
  x: number;
  /** The cost. */
  y: number;
}

export interface Line {
  slope: number;
  intercept: number;
  /** The standard error of the slope; unknown (NaN) with two points. */
  error: number;
  /** The share of the differences that the line explains: 1 if all points are on it. */
  fit: number;
}

export interface Trend extends Line {
  /** For each number the median of its readings. */
  points: Point[];
}

/** Reads the costs of all numbers in turn, this often; returns each round. */
export async function readInRounds<C extends { number: number }>(contestants: C[], rounds: number, read: (contestant: C) => Promise<number>): Promise<Point[][]> {
  const results = await inTurns(contestants, rounds, read);
  return Array.from({ length: rounds }, (_, round) => contestants.map(({ number }, index) => ({ x: number, y: results[index]![round]! })));
}

export function lineThrough(points: Point[]): Line {
  if (new Set(points.map(({ x }) => x)).size < 2) throw new Error('a line needs two different numbers');
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))];
  const width = sum(points.map((point) => (point.x - x) ** 2));
  const slope = sum(points.map((point) => (point.x - x) * (point.y - y))) / width;
  const intercept = y - slope * x;
  const off = sum(points.map((point) => (point.y - intercept - slope * point.x) ** 2));
  const spread = sum(points.map((point) => (point.y - y) ** 2));
  const error = points.length > 2 ? Math.sqrt(off / (points.length - 2) / width) : NaN;
  return { slope, intercept, error, fit: spread > 0 ? 1 - off / spread : 1 };
}

/** The line through the medians, with the slope and the error that the rounds say. One round says what its line says. */
export function trendOf(rounds: Point[][]): Trend {
  const points = rounds[0]!.map(({ x }, index) => ({ x, y: quantile(rounds.map((round) => round[index]!.y), 0.5) }));
  const line = lineThrough(points);
  if (rounds.length < 3) return { ...line, points };
  const slope = centre(rounds.map((round) => lineThrough(round).slope));
  return { ...line, slope: slope.value, error: slope.error, points };
}

/** The median of readings, and its standard error, from the median distance to it: one bad reading changes neither much. */
export function centre(values: number[]): { value: number; error: number } {
  const value = quantile(values, 0.5);
  const deviation = 1.4826 * quantile(values.map((each) => Math.abs(each - value)), 0.5);
  return { value, error: (Math.sqrt(Math.PI / 2) * deviation) / Math.sqrt(values.length) };
}

/** The last point as a multiple of what the line through the others expects: far above 1 if it grows faster than a line. */
export function beyond(points: Point[]): number {
  const last = points.at(-1)!;
  const { slope, intercept } = lineThrough(points.slice(0, -1));
  return last.y / (intercept + slope * last.x);
}

/**
 * The highest cost as a multiple of the first: near 1 if the number does not matter. Each round compares its own readings,
 * and the median of the rounds counts.
 */
export function rise(rounds: Point[][]): number {
  const multiples = (index: number) => rounds.map((round) => (round[index]!.y === round[0]!.y ? 1 : round[index]!.y / round[0]!.y));
  return Math.max(...rounds[0]!.map((_, index) => quantile(multiples(index), 0.5)));
}
