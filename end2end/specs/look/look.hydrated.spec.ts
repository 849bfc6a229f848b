// The look of key pages, compared with the recorded one in expected/. Text is drawn in blocks and the API's answers never
// change, so neither fonts nor the day matter. After a change that is meant: `UPDATE_LOOKS=1 npm test -- specs/look`.
import { readFile, writeFile } from 'node:fs/promises';
import type { Page, TestInfo } from '@playwright/test';
import { drawBlocks } from '../../support/block_font.ts';
import { Coarse } from '../../support/coarse.ts';
import { differences, lookOf, read, write, type Look } from '../../support/look.ts';
import { ada, expect, FEW, test as base } from '../../support/test.ts';
import { Answers } from './answers.ts';

interface Fixtures {
  answers: Answers;
  coarse: Coarse;
  /** Compares the window with the recorded look of this name. */
  expectLook: (name: string) => Promise<void>;
}

const test = base.extend<Fixtures>({
  answers: async ({ stack, context, guard: _afterItsReset }, use) => {
    const answers = await Answers.start();
    stack.api.route = () => answers.port;
    await drawBlocks(context);
    await use(answers);
    stack.api.route = undefined;
    await answers.stop();
  },

  coarse: async ({ browser }, use) => {
    const coarse = new Coarse(browser);
    await use(coarse);
    await coarse.close();
  },

  expectLook: async ({ page, coarse, answers: _shown }, use, testInfo) => {
    await use((name) => expectLook(page, coarse, name, testInfo));
  },
});

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

test.use({ settings: 'look.toml', viewport: DESKTOP, contextOptions: { reducedMotion: 'reduce' } });
test.describe.configure(FEW);

async function recorded(name: string): Promise<Look | undefined> {
  const text = await readFile(file(name), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : read(text);
}

function file(name: string): URL {
  return new URL(`expected/${name}.txt`, import.meta.url);
}

async function expectLook(page: Page, coarse: Coarse, name: string, testInfo: TestInfo): Promise<void> {
  const { look, png } = await lookOf(page, coarse);
  if (process.env.UPDATE_LOOKS) await writeFile(file(name), write(look));
  const before = await recorded(name);
  const found = before ? differences(before, look) : ['it is not recorded: UPDATE_LOOKS=1 npm test -- specs/look'];
  if (found.length > 0 || process.env.UPDATE_LOOKS) {
    // To be looked at, in test-results/.
    await writeFile(testInfo.outputPath(`${name}.png`), png);
    await writeFile(testInfo.outputPath(`${name}.txt`), write(look));
  }
  expect.soft(found, `look of ${name}`).toEqual([]);
}

test('pages on a desktop look as recorded', async ({ app, page, expectLook }) => {
  await app.open('/');
  await expectLook('home');
  await app.signIn(ada, '/boards/today');
  await app.panel('Plans').expectReady();
  await expectLook('board');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectLook('board-dark');
  await app.open('/boards/orders');
  await app.panel('Orders').expectRows();
  await expectLook('table-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await expectLook('table');
  await app.panel('Orders').rowLink(1).click();
  await expect(page.getByRole('dialog')).toHaveAccessibleName('ORD-2539');
  await expectLook('drawer');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.locator('a[data-part=act]').filter({ hasText: 'Ship' }).first().click();
  await expect(page.locator('[data-part=act-send]')).toBeVisible();
  await expectLook('form');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog', { name: 'Find boards and actions' })).toBeVisible();
  await expectLook('finder');
});

test('pages on a phone look as recorded', async ({ app, page, expectLook }) => {
  await page.setViewportSize(PHONE);
  await app.signIn(ada, '/boards/orders');
  await app.panel('Orders').expectRows();
  await expectLook('phone-table');
  await page.getByRole('button', { name: 'Boards', exact: true }).click();
  await expect(page.locator('#boards')).toBeVisible();
  await expectLook('phone-boards');
  await app.open('/boards/today');
  await app.panel('Plans').expectReady();
  await expectLook('phone-board');
});

test('an outage looks as recorded', async ({ app, page, stack, guard, expectLook }) => {
  guard.expectStatus(502);
  await app.signIn(ada, '/boards/orders');
  await stack.api.down();
  await app.open('/boards/today');
  await expect(page.locator('.notice [data-part=outage]')).toBeVisible();
  await expectLook('outage');
});

/** What a change of styles could do by mistake: a property of these parts and its value. */
const MISTAKES: Record<string, [parts: string, property: string, value: string]> = {
  'another size of the text': [':root', 'font-size', '18px'],
  'no navigation': ['nav', 'visibility', 'hidden'],
  'panels without their ground': ['section', 'background', 'none'],
  'text in the colour of the ground': ['main', 'color', 'transparent'],
  'charts without lines and bars': ['figure svg', 'visibility', 'hidden'],
};

test('the comparison notices mistakes', async ({ app, page, coarse, answers: _shown }) => {
  await app.signIn(ada, '/boards/today');
  await app.panel('Plans').expectReady();
  const look = async () => (await lookOf(page, coarse)).look;
  const before = await look();
  for (const [what, [parts, property, value]] of Object.entries(MISTAKES)) {
    await style(page, parts, property, value);
    expect(differences(before, await look()), what).not.toEqual([]);
    await style(page, parts, property, '');
  }
  expect(differences(before, await look()), 'without mistakes').toEqual([]);
});

function style(page: Page, parts: string, property: string, value: string): Promise<void> {
  return page.locator(parts).evaluateAll(
    (elements, [property, value]) => {
      for (const element of elements) (element as HTMLElement).style.setProperty(property, value, 'important');
    },
    [property, value] as const,
  );
}
