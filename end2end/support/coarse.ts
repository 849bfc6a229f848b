// Pictures as a coarse grid of grey values: for comparing how pages look on machines that draw them a little differently.
import type { Browser, Page } from '@playwright/test';

/** The edge of a square of the grid, in CSS pixels. */
const SQUARE = 20;

/** The mean grey of each square, 0 (black) to 255 (white), by row. */
export type Grid = number[][];

/** Makes grids. It decodes pictures in an empty page, because browsers can. */
export class Coarse {
  private page: Promise<Page> | undefined;

  constructor(private readonly browser: Browser) {}

  /** The grid of a picture in PNG. */
  async grid(png: Buffer, square = SQUARE): Promise<Grid> {
    const page = await (this.page ??= this.browser.newPage());
    return page.evaluate(greys, { address: `data:image/png;base64,${png.toString('base64')}`, square });
  }

  async close(): Promise<void> {
    await (await this.page)?.close();
  }
}

async function greys({ address, square }: { address: string; square: number }): Promise<number[][]> {
  const image = new Image();
  image.src = address;
  await image.decode();
  const { width, height } = image;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const grid: number[][] = [];
  for (let top = 0; top < height; top += square) {
    const row: number[] = [];
    for (let left = 0; left < width; left += square) {
      const [bottom, right] = [Math.min(top + square, height), Math.min(left + square, width)];
      let sum = 0;
      for (let y = top; y < bottom; y++) {
        for (let at = 4 * (y * width + left); at < 4 * (y * width + right); at += 4) {
          sum += 0.2126 * data[at]! + 0.7152 * data[at + 1]! + 0.0722 * data[at + 2]!;
        }
      }
      row.push(Math.round(sum / ((bottom - top) * (right - left))));
    }
    grid.push(row);
  }
  return grid;
}
