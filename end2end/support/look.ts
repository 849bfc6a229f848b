// How a page looks, as a short text: where its parts are, and a coarse grid of grey values. A look is compared with a recorded
// one with tolerances, because machines draw the same page a little differently.
import type { Locator, Page } from '@playwright/test';
import type { Coarse, Grid } from './coarse.ts';

/** The parts of which the position is compared. */
const PARTS = 'header.bar, nav, h1, main, section, table, thead, figure, dialog, .notice, .ticket';
/** Texts that are different each time: times, references, countdowns. */
const CHANGING = '[data-part=as-of], [data-part=outage], [data-part=countdown], .reference';

/** By how many pixels an edge may be elsewhere. */
const PIXELS = 8;
/** By how much the grey of a square may differ, of 255. */
const GREY = 6;
/** The share of squares that may differ by more. */
const SQUARES = 0.02;

/** A part of the page: what it is, then left, top, width and height. */
type Box = [name: string, ...edges: number[]];

export interface Look {
  boxes: Box[];
  grid: Grid;
}

/** The look of the window, and the picture from which it was made. */
export async function lookOf(page: Page, coarse: Coarse): Promise<{ look: Look; png: Buffer }> {
  const fonts = await page.evaluate(async () => {
    await document.fonts.ready;
    return [...document.fonts].map(({ family, status }) => `${family} ${status}`);
  });
  // With a font of the machine, the look would be that of the machine.
  if (!fonts.some((font) => font === 'Inter loaded')) throw new Error(`the page is not drawn in blocks: ${fonts.join()}`);
  // What is under the pointer may look different.
  await page.mouse.move(0, 0);
  const mask: Locator[] = [page.locator(CHANGING)];
  const png = await page.screenshot({ animations: 'disabled', caret: 'hide', mask, maskColor: '#808080', scale: 'css' });
  const boxes = await page.evaluate(boxesOf, PARTS);
  return { look: { boxes, grid: await coarse.grid(png) }, png };
}

function boxesOf(parts: string): Box[] {
  return [...document.querySelectorAll(parts)].flatMap((element): Box[] => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const isSeen = element.checkVisibility({ visibilityProperty: true }) && width > 0 && height > 0 && top < innerHeight;
    const name = [element.localName, element.id && `#${element.id}`].join('');
    return isSeen ? [[name, ...[left, top, width, height].map(Math.round)]] : [];
  });
}

/** As it is recorded: a line for each part, then one for each row of squares, with two hexadecimal digits a square. */
export function write({ boxes, grid }: Look): string {
  const rows = grid.map((row) => row.map((grey) => grey.toString(16).padStart(2, '0')).join(''));
  return [...boxes.map((box) => box.join(' ')), '', ...rows, ''].join('\n');
}

export function read(text: string): Look {
  const [boxes = '', rows = ''] = text.split('\n\n');
  return {
    boxes: boxes.split('\n').map((line): Box => {
      const [name = '', ...edges] = line.split(' ');
      return [name, ...edges.map(Number)];
    }),
    grid: rows.trim().split('\n').map((row) => [...row.matchAll(/../g)].map(([grey]) => parseInt(grey, 16))),
  };
}

/** What differs by more than the tolerances, one line each. */
export function differences(recorded: Look, now: Look): string[] {
  const found: string[] = [];
  const names = ({ boxes }: Look) => boxes.map(([name]) => name).join(', ');
  if (names(recorded) !== names(now)) found.push(`parts: ${names(now)}; recorded: ${names(recorded)}`);
  else {
    now.boxes.forEach(([name, ...edges], at) => {
      const [, ...before] = recorded.boxes[at]!;
      const isNear = (edges as number[]).every((edge, side) => Math.abs(edge - (before[side] as number)) <= PIXELS);
      if (!isNear) found.push(`${name}: at ${edges.join(' ')}; recorded: ${before.join(' ')}`);
    });
  }
  const size = ({ grid }: Look) => `${grid[0]?.length} × ${grid.length} squares`;
  if (size(recorded) !== size(now)) return [...found, `size: ${size(now)}; recorded: ${size(recorded)}`];
  const far = now.grid.flatMap((row, y) => row.flatMap((grey, x) => (Math.abs(grey - recorded.grid[y]![x]!) > GREY ? [`${x}/${y}`] : [])));
  const allowed = SQUARES * now.grid.length * now.grid[0]!.length;
  if (far.length > allowed) {
    found.push(`${far.length} squares are lighter or darker, ${Math.floor(allowed)} may be (column/row): ${far.slice(0, 40).join(' ')}`);
  }
  return found;
}
