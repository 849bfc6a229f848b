// Signs in at a running demo over HTTP, and looks at a board: `npm run image -- ORIGIN`. For setup/image.sh.
import { Browser } from '../figures/support/browser.ts';
import { signIn } from '../figures/support/sign_in.ts';
import { line, promise } from '../figures/support/report.ts';
import { ada } from '../support/providers.ts';

const [origin = 'http://localhost:3000'] = process.argv.slice(2);
const browser = new Browser({ withinMs: 20_000 });
const page = await signIn(browser, { origin }, ada, '/boards/orders');
line(`${page.url}: status ${page.status}, ${page.body.length} bytes`);
promise('a sign-in at the demo leads to the board', page.status === 200 && page.body.includes('Sign out'));
const [, folder = ''] = /"(\/pkg\/[^"\/]+\/)[^"]+\.css"/.exec(page.body) ?? [];
for (const file of ['claimcheck.css', 'claimcheck.js', 'claimcheck.wasm']) {
  const answer = await fetch(origin + folder + file);
  promise(`the site is in the image: ${folder}${file}`, folder !== '' && answer.status === 200 && (await answer.arrayBuffer()).byteLength > 1_000);
}
process.exit();
