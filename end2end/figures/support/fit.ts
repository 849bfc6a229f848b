// How a cost grows with a number: the line of least squares through the readings, and how far the last one is from the
// line through the others.
import { mean, sum } from './report.ts';

export interface Point {
  /** The number: sessions, panels, rows. */
  x: number;
  /** The cost. */
  y: number;
}

export interface Line {
  slope: number;
  intercept: number;
  /** The share of the differences that the line explains: 1 if all points are on it. */
  fit: number;
}

export function lineThrough(points: Point[]): Line {
  if (new Set(points.map(({ x }) => x)).size < 2) throw new Error('a line needs two different numbers');
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))];
  const slope = sum(points.map((point) => (point.x - x) * (point.y - y))) / sum(points.map((point) => (point.x - x) ** 2));
  const intercept = y - slope * x;
  const off = sum(points.map((point) => (point.y - intercept - slope * point.x) ** 2));
  const spread = sum(points.map((point) => (point.y - y) ** 2));
  return { slope, intercept, fit: spread > 0 ? 1 - off / spread : 1 };
}

/** The last reading as a multiple of what the line through the others expects: far above 1 if it grows faster than a line. */
export function beyond(points: Point[]): number {
  const last = points.at(-1)!;
  const { slope, intercept } = lineThrough(points.slice(0, -1));
  return last.y / (intercept + slope * last.x);
}

/** The highest reading as a multiple of the first: near 1 if the number does not matter. */
export function rise(points: Point[]): number {
  const [first, highest] = [points[0]!.y, Math.max(...points.map(({ y }) => y))];
  return highest === first ? 1 : highest / first;
}
