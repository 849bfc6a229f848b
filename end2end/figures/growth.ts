// What one more costs: one more session, panel, row, process or open tab. Each is measured with several numbers; lines of
// least squares through the readings give the cost of one more, and its error (support/fit.ts). A cost that should not
// depend on the number is flat: its highest reading is near the first of the same round. One that must is linear: the last median is near
// the line through the others, so that nothing grows with the square, and one more costs no more than it should.
//
// ONLY=panel,row measures some of them. Replicas need PostgreSQL and Redis.
import { line, promise, table } from './support/report.ts';
import { beyond, rise, trendOf, type Point, type Trend } from './support/fit.ts';
import { panels, rows } from './growth_boards.ts';
import { replicas } from './growth_replicas.ts';
import { sessions } from './growth_sessions.ts';
import { tabs } from './growth_tabs.ts';

/** One cost in dependence on one number. */
export interface Growth {
  /** `CPU of a page, by sessions in sqlite`. */
  what: string;
  unit: string;
  kind: 'flat' | 'linear';
  /** The readings of each round, in the order of the numbers; one round, if a reading cannot be repeated. */
  rounds: Point[][];
  /** Flat: a cost near zero may rise by this much, in the unit, whatever the first was. */
  noise?: number;
  /** Linear: what one more may cost. */
  most?: number;
}

/** The highest of a flat cost as a multiple of the first: a search through all would be many times as much. */
const FLAT = 1.2;
/** The last median of a linear cost as a multiple of what the line through the others expects. */
const LINEAR = 1.3;

const PARTS: Record<string, () => Promise<Growth[]>> = { session: sessions, panel: panels, row: rows, replica: replicas, tab: tabs };

export async function growth(): Promise<void> {
  const only = process.env.ONLY?.split(',') ?? Object.keys(PARTS);
  const unknown = only.filter((part) => !(part in PARTS));
  if (unknown.length) throw new Error(`ONLY may name ${Object.keys(PARTS).join(', ')}, not ${unknown.join(', ')}`);
  const found: (Growth & { trend: Trend })[] = [];
  for (const part of only) found.push(...(await PARTS[part]!()).map((each) => ({ ...each, trend: trendOf(each.rounds) })));
  table(['cost', 'medians', 'one more', 'none', 'R²', 'is', 'last / expected, or highest / first'], found.map(row));
  for (const { what, unit, kind, rounds, trend, noise, most } of found) {
    const { points, slope } = trend;
    if (kind === 'flat') {
      const higher = Math.max(...points.map(({ y }) => y)) - points[0]!.y;
      const allowed = noise === undefined ? '' : `, or ${noise} ${unit} more`;
      promise(`${what}: the highest is ${rise(rounds).toFixed(2)} times the first, at most ${FLAT}${allowed}`, rise(rounds) <= FLAT || (noise !== undefined && higher <= noise));
      continue;
    }
    promise(`${what}: the last is ${beyond(points).toFixed(2)} of what the others' line expects, at most ${LINEAR}`, beyond(points) <= LINEAR);
    if (most !== undefined) promise(`${what}: one more costs ${short(slope)} ${unit}, at most ${most}`, slope <= most);
  }
  line('');
}

function row({ what, unit, kind, rounds, trend: { points, slope, error, intercept, fit } }: Growth & { trend: Trend }): string[] {
  return [
    what,
    points.map(({ x, y }) => `${x}: ${short(y)}`).join(', '),
    `${short(slope)} ± ${short(error)} ${unit}`,
    `${short(intercept)} ${unit}`,
    kind === 'linear' ? fit.toFixed(3) : '',
    kind,
    (kind === 'linear' ? beyond(points) : rise(rounds)).toFixed(2),
  ];
}

/** Three digits, or all of a larger number. */
function short(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
