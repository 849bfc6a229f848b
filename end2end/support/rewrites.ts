// Rewrites the app's pages on their way to the browser, as caches, optimizers, translators and browser extensions do.
import type { BrowserContext } from '@playwright/test';

/** From the HTML that the server sent to the HTML that arrives. */
export type Rewrite = (html: string) => string;

/** Applies a change to everything but scripts, style sheets and fields for text. */
function outside(html: string, change: Rewrite): string {
  return html
    .split(/(<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>|<textarea[\s\S]*?<\/textarea>|<title>[\s\S]*?<\/title>)/)
    .map((part, index) => (index % 2 ? part : change(part)))
    .join('');
}

/** Applies a change to the texts between tags. */
function texts(html: string, change: (text: string) => string): string {
  return outside(html, (part) => part.replace(/>([^<>]*[^<>\s][^<>]*)</g, (_, text: string) => `>${change(text)}<`));
}

export const REWRITES: Record<string, Rewrite> = {
  'without comments and optional tags': (html) =>
    outside(html, (part) =>
      part
        .replace(/<!--[\s\S]*?-->|<!>/g, '')
        .replace(/\s+/g, ' ')
        .replace(/<\/(li|td|th|tr|tbody|thead|p)>(?=<\/|<(li|td|th|tr|tbody)\b)/g, (tag, name: string) => (name === 'p' ? tag : ''))
        .replace(/="([\w-]+)"/g, '=$1'),
    ),
  'with line breaks and indents between tags': (html) => outside(html, (part) => part.replace(/></g, '>\n    <')),
  'with comments after every tag': (html) => outside(html, (part) => part.replace(/(<\/?[a-z][^>]*>)/g, '$1<!-- seen -->')),
  'with its texts in elements of a translator': (html) =>
    texts(html, (text) => `<font><font>${text}</font></font>`),
  'with elements and attributes of extensions': (html) =>
    outside(html, (part) =>
      part
        .replace(/<(leptos-island|leptos-children|div)\b([^>]*)>/g, '<$1$2 data-ext="1"><ext-mark hidden></ext-mark>')
        .replace(/<(input|button|a|tr|td|th)\b/g, '<$1 data-ext="1"')
        .replace(/<\/(div|form|p)>/g, '<ext-mark hidden></ext-mark></$1>')
        .replace(/<body>/, '<body><ext-bar hidden></ext-bar>'),
    ),
  'with cells of an extension in its tables': (html) =>
    outside(html, (part) =>
      part.replace(/<tr\b([^>]*)>/g, '<tr$1><td class="ext-pick"></td>').replace(/<\/tr>/g, '<td class="ext-more"></td></tr>'),
    ),
  'with hidden e-mail addresses': (html) =>
    texts(html, (text) =>
      text.replace(/[\w.]+@[\w.]+/g, '<span class="__cf_email__" data-cfemail="00">[email&#160;protected]</span>'),
    ),
};

/** Rewrites every page of the app that arrives in this browser. */
export async function rewritePages(context: BrowserContext, origin: string, rewrite: Rewrite): Promise<void> {
  await context.route(`${origin}/**`, async (route) => {
    if (route.request().resourceType() !== 'document') return route.fallback();
    const response = await route.fetch({ maxRedirects: 0 });
    const isPage = (response.headers()['content-type'] ?? '').startsWith('text/html');
    await route.fulfill(isPage ? { response, body: rewrite(await response.text()) } : { response });
  });
}
