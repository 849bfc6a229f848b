// Hydrates the islands of this page, and then sets `data-hydrated` on the root. The server writes two constants before this
// script: `site` is the URL of the browser build, without its extension; `cookie` is what is before and after the time zone
// in its cookie. The two files are fetched while the page is still arriving, but run after it has been painted: it can be
// read, and its links work, without them.
const wasm = fetch(site + ".wasm", { priority: "low" });
// A page from the back-forward cache is reloaded: the user may have signed out since.
addEventListener("pageshow", (event) => event.persisted && location.reload());
const rest = () => new Promise((next) => setTimeout(next));
// A page that nobody sees is not painted.
if (!document.hidden) await new Promise(requestAnimationFrame);
await rest();
const islands = await import(site + ".js");
await islands.default({ module_or_path: wasm });
if (document.readyState === "loading") await new Promise((parsed) => addEventListener("DOMContentLoaded", parsed));
islands.hydrate();
let began = performance.now();
for (const node of document.querySelectorAll("leptos-island")) {
  // An island may be among the children of another. They hydrate separately: leptos leaves a callback on them.
  const outer = node.parentNode.closest("leptos-children");
  // Short tasks, so that the page answers in between.
  if (!outer && performance.now() - began > 9) {
    await rest();
    began = performance.now();
  }
  // Leptos expects the elements of an island exactly where they were: what others have put before them on the way here is
  // removed.
  for (let own = node.querySelector("leptos-children"); own && own !== node; own = own.parentNode)
    while (own.previousSibling) own.previousSibling.remove();
  outer?.$$on_hydrate?.();
  await islands[node.dataset.component]?.(node);
}
// The browser's time zone, which the server uses for times. Last, because the first use of `Intl` is slow.
await rest();
const zone = cookie[0] + Intl.DateTimeFormat().resolvedOptions().timeZone;
if (!document.cookie.split("; ").includes(zone)) document.cookie = zone + cookie[1];
document.documentElement.dataset.hydrated = "";
