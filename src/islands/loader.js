// Wakes the islands of this page, and says so: `data-hydrated` on the root. `site` is the address of the browser build,
// without its ending; the server writes it before this text. The two files are fetched while the page is still arriving.
const wasm = fetch(site + ".wasm");
// In a page from the back-forward cache nothing is taken for granted: the person may have signed out since.
addEventListener("pageshow", (event) => event.persisted && location.reload());
// The zone of this browser's clock, for the server to write times in.
const secure = location.protocol === "https:";
const zone = (secure ? "__Host-" : "") + "claimcheck-zone=" + Intl.DateTimeFormat().resolvedOptions().timeZone;
if (!document.cookie.split("; ").includes(zone))
  document.cookie = zone + "; Path=/; Max-Age=31536000; SameSite=Lax" + (secure ? "; Secure" : "");
const islands = await import(site + ".js");
await islands.default({ module_or_path: wasm });
if (document.readyState === "loading") await new Promise((parsed) => addEventListener("DOMContentLoaded", parsed));
islands.hydrate();
// An island may stand in the children of another, which hydrate in their own way: leptos leaves a callback on them.
const wake = async (node, outer) => {
  if (node.localName === "leptos-island") {
    outer?.$$on_hydrate?.();
    await islands[node.dataset.component]?.(node);
  }
  const within = node.localName === "leptos-children" ? node : outer;
  for (const child of node.children) await wake(child, within);
};
await wake(document.body);
document.documentElement.dataset.hydrated = "";
