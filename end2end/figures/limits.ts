// The limits that `make test` checks (setup/guards.sh), so that growth does not go unnoticed. They are counts and
// ratios of one run, never times, so they apply to any machine.
//
// A limit is the measured figure plus a margin for other compilers and machines: a tenth for instructions, a twentieth
// for the binary. To raise one: find the cause and check that it is worth it, measure with the command beside the
// limit, set measured + margin here in the same commit, and explain the growth in its message. Lower a limit when the
// figure has decreased.
import { promise } from './support/report.ts';

export const LIMITS = {
  /** `npm run figures -- instructions`: a signed-in board of a table of 50 rows, relative to bare handler + bare page (1.257; 1.359 before layers shared what is inside them and more of a page was templates). */
  board_instructions: 1.39,
  /** `npm run figures -- instructions`: the redirect to the provider, relative to a response of a bare axum handler (13.17; 14.15 before layers shared what is inside them). */
  redirect_instructions: 14.5,
  /** `npm run figures -- bytes`: HTML, CSS, JavaScript, WebAssembly and icons of a first visit to a board of one table, with brotli (96 023; 108 695 before code was loaded on first use). */
  first_visit_bytes: 100_000,
  /** `npm run figures -- bytes`: the same to a board of eight panels, whose HTML is longer (99 192). */
  first_visit_eight_bytes: 104_000,
  /** `npm run figures -- bytes`: the second WebAssembly file, which is loaded when the user first touches the page (44 314; 37 030 before days are chosen on charts, a series is shown alone, and jobs are followed). */
  first_use_bytes: 46_500,
  /** `npm run figures -- binary`: target/release/claimcheck, the site inside (49 782 024 in one codegen unit; 61 263 248 in 16). */
  binary_bytes: 52_300_000,
};

export type LimitName = keyof typeof LIMITS;

/** The factor for all limits, to check that the guards fail. */
const SCALE = Number(process.env.LIMITS_SCALE ?? 1);

/** Promises that a figure is within its limit; the failure says what to do. */
export function within(name: LimitName, what: string, value: number, digits = 0): void {
  const limit = LIMITS[name] * SCALE;
  const isKept = value <= limit;
  const text = `${what}: ${value.toFixed(digits)}, limit ${limit.toFixed(digits)} (${name} in end2end/figures/limits.ts)`;
  promise(isKept ? text : `${text}. Find what grew; where the growth is meant, raise the limit as that file says.`, isKept);
}
