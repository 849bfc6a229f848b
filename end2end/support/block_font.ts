// A font in which every character is the same block and every space is empty. Pages drawn with it look the same whichever
// fonts a machine has.
import type { BrowserContext } from '@playwright/test';

const UNITS_PER_EM = 1_000;
const ADVANCE = 520;
const ASCENT = 930;
const DESCENT = 240;
/** The edges of a block: about as high as a small letter, above the baseline. */
const BLOCK = { left: 60, right: 460, bottom: 0, top: 560 };

const SPACE = 1;
const LETTER = 2;
const GLYPHS = 3;
/** First and last character, and their glyph; in order. */
const CHARACTERS = [
  [0x20, 0x20, SPACE],
  [0x21, 0x9f, LETTER],
  [0xa0, 0xa0, SPACE],
  [0xa1, 0x1fff, LETTER],
  [0x2000, 0x200f, SPACE],
  [0x2010, 0xffff, LETTER],
] as const;

/** The families that the style sheets name first, for text, headings and code. */
const FAMILIES = ['Inter', 'DIN Condensed', 'SF Mono'];

/** Draws all text of this browser's pages with the font. */
export async function drawBlocks(context: BrowserContext): Promise<void> {
  const font = [...blockFont()];
  await context.addInitScript(
    ({ font, families }) => {
      const bytes = new Uint8Array(font).buffer;
      // One face for all weights, so that the browser makes none bolder by itself.
      for (const family of families) document.fonts.add(new FontFace(family, bytes, { weight: '100 900' }));
    },
    { font, families: FAMILIES },
  );
}

/** The font as a TrueType file. */
export function blockFont(): Buffer {
  const { left, right, bottom, top } = BLOCK;
  // Four points on the curve, as differences of two bytes each.
  const glyph = join(
    i16(1, left, bottom, right, top),
    i16(3, 0),
    Buffer.from([1, 1, 1, 1]),
    i16(left, 0, right - left, 0),
    i16(bottom, top - bottom, 0, bottom - top),
  );
  const groups = CHARACTERS.map(([first, last, glyph]) => u32(first, last, glyph));
  const tables: Record<string, Buffer> = {
    'OS/2': join(
      i16(4, ADVANCE, 400, 5, 0, 650, 600, 0, 75, 650, 600, 0, 350, 50, 300, 0),
      Buffer.alloc(10),
      u32(0, 0, 0, 0),
      Buffer.from('NONE'),
      i16(0x40, 0x20, -1, ASCENT, -DESCENT, 0, ASCENT, DESCENT),
      u32(1, 0),
      i16(top, 700, 0, 0x20, 1),
    ),
    // A map of many characters to one glyph: format 13.
    cmap: join(i16(0, 1, 3, 10), u32(12), i16(13, 0), u32(16 + 12 * groups.length, 0, groups.length), ...groups),
    glyf: glyph,
    head: join(
      u32(0x10000, 0x10000, 0, 0x5f0f3cf5),
      i16(0, UNITS_PER_EM),
      Buffer.alloc(16),
      i16(left, bottom, right, top, 0, 8, 2, 1, 0),
    ),
    hhea: join(u32(0x10000), i16(ASCENT, -DESCENT, 0, ADVANCE, left, ADVANCE - right, right, 1, 0, 0, 0, 0, 0, 0, 0, GLYPHS)),
    hmtx: i16(...[0, 0, left].flatMap((bearing) => [ADVANCE, bearing])),
    loca: u32(0, 0, 0, glyph.length),
    maxp: join(u32(0x10000), i16(GLYPHS, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0)),
    name: i16(0, 0, 6),
    post: join(u32(0x30000, 0), i16(-75, 50), u32(0, 0, 0, 0, 0)),
  };
  return file(tables);
}

/** Header, directory of the tables, tables. */
function file(tables: Record<string, Buffer>): Buffer {
  const count = Object.keys(tables).length;
  const power = Math.floor(Math.log2(count));
  const head = join(u32(0x10000), i16(count, 16 * 2 ** power, power, 16 * (count - 2 ** power)));
  let offset = head.length + 16 * count;
  const rows: Buffer[] = [];
  const bodies: Buffer[] = [];
  for (const [tag, table] of Object.entries(tables)) {
    const padded = join(table, Buffer.alloc((4 - (table.length % 4)) % 4));
    rows.push(join(Buffer.from(tag), u32(sum(padded), offset, table.length)));
    bodies.push(padded);
    offset += padded.length;
  }
  return join(head, ...rows, ...bodies);
}

function sum(table: Buffer): number {
  let sum = 0;
  for (let at = 0; at < table.length; at += 4) sum = (sum + table.readUInt32BE(at)) >>> 0;
  return sum;
}

function join(...parts: Buffer[]): Buffer {
  return Buffer.concat(parts);
}

function i16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, at) => bytes.writeInt16BE(value, 2 * at));
  return bytes;
}

function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, at) => bytes.writeUInt32BE(value, 4 * at));
  return bytes;
}
