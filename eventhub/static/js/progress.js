// <div id="…" data-poll="URL" data-every="2">: fetches the address, finds the element with the same id in it and puts it
// here; stops when the new one asks for nothing more. Slower while the network is away, silent while the page is hidden.
const SLOWEST = 60; // seconds

export function start(element, tools, pause) {
  const every = Number(element.dataset.every) || 2;
  setTimeout(() => turn(element, tools, every, pause ?? every), (pause ?? every) * 1000);
}

async function turn(element, tools, every, pause) {
  if (!element.isConnected) return;
  if (document.hidden) return start(element, tools);
  const parsed = await tools.fetchNodes(element.dataset.poll, { cache: "no-cache" }).catch(() => null);
  const fresh = parsed?.getElementById(element.id);
  if (!fresh) return start(element, tools, Math.min(pause * 2, SLOWEST));
  if (fresh.hasAttribute("data-poll") && element.contains(document.activeElement)) {
    // Do not take a button away from under a finger: only the bar and the words change.
    for (const part of ["progress", ".progress-number", ".progress-head"]) {
      const now = fresh.querySelector(part);
      if (now) element.querySelector(part)?.replaceWith(document.adoptNode(now));
    }
    return start(element, tools);
  }
  const adopted = document.adoptNode(fresh);
  element.replaceWith(adopted);
  tools.start(adopted);
}
