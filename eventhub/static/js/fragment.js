// <div data-fragment="URL">a plain link</div>: what belongs to the reader, fetched into a page that is the same for all.
export async function start(place, { start: startIn, fetchNodes }) {
  const address = place.dataset.fragment;
  place.removeAttribute("data-fragment");
  const parsed = await fetchNodes(address).catch(() => null);
  if (!parsed?.body.childNodes.length) return; // the plain link stays
  place.replaceChildren(...[...parsed.body.childNodes].map((node) => document.adoptNode(node)));
  startIn(place);
}
