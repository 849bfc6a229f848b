// Hydrates the islands of this page, and then sets `data-hydrated` on the root. The server writes two constants before this
// script: `site` is the URL of the browser build, without its extension; `cookie` is what is before and after the time zone
// in its cookie. The two files are fetched while the page is still arriving.
const wasm = fetch(site + ".wasm");
// A page from the back-forward cache is reloaded: the user may have signed out since.
addEventListener("pageshow", (event) => event.persisted && location.reload());
// The browser's time zone, which the server uses for times.
const zone = cookie[0] + Intl.DateTimeFormat().resolvedOptions().timeZone;
if (!document.cookie.split("; ").includes(zone)) document.cookie = zone + cookie[1];
const islands = await import(site + ".js");
await islands.default({ module_or_path: wasm });
if (document.readyState === "loading") await new Promise((parsed) => addEventListener("DOMContentLoaded", parsed));
islands.hydrate();
// An island may be among the children of another. They hydrate separately: leptos leaves a callback on them. It expects
// the elements of an island exactly where they were: what others have put before them on the way here is removed.
const wake = async (node, outer) => {
  if (node.localName === "leptos-island") {
    for (let own = node.querySelector("leptos-children"); own && own !== node; own = own.parentNode)
      while (own.previousSibling) own.previousSibling.remove();
    outer?.$$on_hydrate?.();
    await islands[node.dataset.component]?.(node);
  }
  const within = node.localName === "leptos-children" ? node : outer;
  for (const child of [...node.children]) await wake(child, within);
};
await wake(document.body);
document.documentElement.dataset.hydrated = "";
