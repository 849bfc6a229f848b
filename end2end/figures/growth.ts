// What one more costs: one more session, panel, row, process or open tab. Each is measured with several numbers; the
// line of least squares through the readings gives the cost of one more. A cost that should not depend on the number is
// flat: its highest reading is near the first. One that must is linear: the last reading is near the line through the
// others, so that nothing grows with the square.
//
// ONLY=panel,row measures some of them. Replicas need PostgreSQL and Redis.
import { line, promise, table } from './support/report.ts';
import { beyond, lineThrough, rise, type Point } from './support/fit.ts';
import { panels, rows, sessions, tabs } from './growth_parts.ts';
import { replicas } from './growth_replicas.ts';

/** One cost in dependence on one number. */
export interface Growth {
  /** `CPU of a page, by sessions in SQLite`. */
  what: string;
  unit: string;
  kind: 'flat' | 'linear';
  points: Point[];
  /** Flat: a rise that is below this, in the unit, is noise. */
  noise?: number;
}

/** The highest reading of a flat cost as a multiple of the first. */
const FLAT = 1.5;
/** The last reading of a linear cost as a multiple of what the line through the others expects. */
const LINEAR = 1.3;

const PARTS: Record<string, () => Promise<Growth[]>> = { session: sessions, panel: panels, row: rows, replica: replicas, tab: tabs };

export async function growth(): Promise<void> {
  const only = process.env.ONLY?.split(',') ?? Object.keys(PARTS);
  const unknown = only.filter((part) => !(part in PARTS));
  if (unknown.length) throw new Error(`ONLY may name ${Object.keys(PARTS).join(', ')}, not ${unknown.join(', ')}`);
  const found: Growth[] = [];
  for (const part of only) found.push(...(await PARTS[part]!()));
  table(['cost', 'readings', 'one more', 'none', 'R²', 'is', 'last / expected, or highest / first'], found.map(row));
  for (const { what, kind, points, noise = 0 } of found) {
    if (kind === 'linear') promise(`${what}: the last is ${beyond(points).toFixed(2)} of what the others' line expects, at most ${LINEAR}`, beyond(points) <= LINEAR);
    else {
      const higher = Math.max(...points.map(({ y }) => y)) - points[0]!.y;
      promise(`${what}: the highest is ${rise(points).toFixed(2)} times the first, at most ${FLAT}${noise ? `, or ${noise} more` : ''}`, rise(points) <= FLAT || higher <= noise);
    }
  }
  line('');
}

function row({ what, unit, kind, points }: Growth): string[] {
  const { slope, intercept, fit } = lineThrough(points);
  return [
    what,
    points.map(({ x, y }) => `${x}: ${short(y)}`).join(', '),
    `${short(slope)} ${unit}`,
    `${short(intercept)} ${unit}`,
    kind === 'linear' ? fit.toFixed(3) : '',
    kind,
    (kind === 'linear' ? beyond(points) : rise(points)).toFixed(2),
  ];
}

/** Three digits, or all of a larger number. */
function short(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
