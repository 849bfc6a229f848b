// Wakes the islands of this page, and says so: `data-hydrated` on the root. In a document from the back-forward cache
// nothing is taken for granted: the person may have signed out since, so the server is asked again.
addEventListener("pageshow", (event) => event.persisted && location.reload());
const js = document.querySelector("link[rel=modulepreload]").href;
const site = await import(js);
await site.default({ module_or_path: js.replace(/js$/, "wasm") });
site.hydrate();
// An island may stand in the children of another, which hydrate in their own way: leptos leaves a callback on them.
const wake = async (node, outer) => {
  if (node.localName === "leptos-island") {
    outer?.$$on_hydrate?.();
    await site[node.dataset.component]?.(node);
  }
  const within = node.localName === "leptos-children" ? node : outer;
  for (const child of node.children) await wake(child, within);
};
await wake(document.body);
document.documentElement.dataset.hydrated = "";
