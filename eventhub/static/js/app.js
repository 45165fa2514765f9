// Looks at what the page asks for by its data attributes and loads only that. Every page works without it.
// The addresses of the modules stand on this script's element, each with its own version.
const script = document.getElementById("app");
const wanted = {
  fragment: "[data-fragment]",
  menu: "[data-menu]",
  dialog: "[data-dialog]",
  progress: "[data-poll]",
  filter: "[data-filter]",
  rank: "[data-rank]",
};

/** Start what `root` and all in it ask for. Called again for markup that arrives later. */
function start(root) {
  for (const [name, selector] of Object.entries(wanted)) {
    const found = [...root.querySelectorAll(selector)];
    if (root !== document && root.matches(selector)) found.push(root);
    if (!found.length) continue;
    import(script.getAttribute(`data-js-${name}`)).then((module) => found.forEach((element) => module.start(element, { start, fetchNodes })));
  }
}

/** Same-origin HTML, parsed apart so that nothing in it runs, or null where there is none. */
async function fetchNodes(address, options = {}) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin) throw new Error("another origin");
  const headers = { "X-Requested-With": "fragment" };
  const answer = await fetch(url, { credentials: "same-origin", headers, ...options });
  if (!answer.ok || answer.status === 204) return null;
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  parsed.querySelectorAll("script").forEach((script) => script.remove());
  return parsed;
}

document.documentElement.classList.add("script");
start(document);
