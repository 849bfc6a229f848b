// After `npm run screenshots`: the set is complete, and no picture is empty or the same as another.
import { expect, test } from '@playwright/test';
import { Coarse } from './support/coarse.ts';
import { mistakes } from './support/pictures.ts';

test('the set of pictures is whole', async ({ browser }) => {
  test.setTimeout(300_000);
  expect(await mistakes(process.env.SCREENSHOTS ?? 'screenshots', new Coarse(browser))).toEqual([]);
});
