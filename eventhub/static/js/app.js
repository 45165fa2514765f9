// Looks at what the page asks for by its data attributes and loads only that. Every page works without it.
const modules = {
  "[data-fragment]": "./fragment.js",
  "[data-menu]": "./menu.js",
  "[data-dialog]": "./dialog.js",
  "[data-poll]": "./progress.js",
  "[data-filter]": "./filter.js",
  "[data-rank]": "./rank.js",
};

document.documentElement.classList.add("script");

/** Start what `root` asks for. Called again for markup that arrives later. */
export function start(root = document) {
  for (const [selector, path] of Object.entries(modules)) {
    const found = [...root.querySelectorAll(selector)];
    if (root !== document && root.matches?.(selector)) found.push(root);
    if (found.length) import(path).then((module) => found.forEach(module.start));
  }
}

/** Same-origin HTML as nodes of this document: parsed apart, so that nothing in it runs, then adopted. */
export async function fetchNodes(address, options = {}) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin) throw new Error("another origin");
  const answer = await fetch(url, { credentials: "same-origin", headers: { "X-Requested-With": "fragment" }, ...options });
  if (!answer.ok || answer.status === 204) return null;
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  parsed.querySelectorAll("script").forEach((script) => script.remove());
  return parsed;
}

start();
