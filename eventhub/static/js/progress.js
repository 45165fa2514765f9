// <div id="…" data-poll="URL" data-every="2">: fetches the address, finds the element with the same id in it and takes its
// place; stops when the new one asks for nothing more. Slows down while the page is hidden or the network is away.
import { fetchNodes, start as startIn } from "./app.js";

const SLOWEST = 60;

export function start(element, wait) {
  const every = Number(element.dataset.every) || 2;
  const pause = typeof wait === "number" && wait > every ? wait : every;
  setTimeout(() => turn(element, every, pause), pause * 1000);
}

async function turn(element, every, pause) {
  if (!element.isConnected) return;
  if (document.hidden) return start(element, every);
  const parsed = await fetchNodes(element.dataset.poll, { cache: "no-cache" }).catch(() => null);
  const fresh = parsed?.getElementById(element.id);
  if (!fresh) return start(element, Math.min(pause * 2, SLOWEST));
  const held = element.contains(document.activeElement) && document.activeElement !== element;
  if (held && fresh.hasAttribute("data-poll")) {
    // Do not take a button away from under a finger: only the bar and the words change.
    for (const part of ["progress", ".progress-number", ".progress-head"]) {
      const [old, now] = [element.querySelector(part), fresh.querySelector(part)];
      if (old && now) old.replaceWith(document.adoptNode(now));
    }
    return start(element, every);
  }
  const adopted = document.adoptNode(fresh);
  element.replaceWith(adopted);
  startIn(adopted);
}
