// <div data-fragment="URL">a plain link</div>: what belongs to the reader, fetched into a page that is the same for all.
import { fetchNodes, start as startIn } from "./app.js";

export async function start(place) {
  const parsed = await fetchNodes(place.dataset.fragment).catch(() => null);
  if (!parsed || !parsed.body.childNodes.length) return; // the plain link stays
  place.replaceChildren(...[...parsed.body.childNodes].map((node) => document.adoptNode(node)));
  place.removeAttribute("data-fragment");
  startIn(place);
}
