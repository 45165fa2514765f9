// Puts things in order by buttons or by Alt + arrow keys, over plain <select> fields that hold the place of each.
// The form posts the same values with and without this module.
const ARROWS = { up: "M6 14.5l6-6 6 6", down: "M6 9.5l6 6 6-6" };
const SVG = "http://www.w3.org/2000/svg";

export function start(group) {
  const list = group.querySelector("ol");
  const said = group.querySelector("[aria-live]");
  const rows = [...list.children];
  if (rows.some((row) => !row.querySelector("select"))) return;
  rows.sort((a, b) => placeOf(a) - placeOf(b)).forEach((row) => list.append(row));
  for (const row of rows) {
    const place = document.createElement("span");
    place.className = "place";
    const moves = document.createElement("span");
    moves.className = "moves";
    const name = row.querySelector("label").textContent.trim();
    moves.append(
      button(`${group.dataset.up}: ${name}`, ARROWS.up, () => move(row, -1)),
      button(`${group.dataset.down}: ${name}`, ARROWS.down, () => move(row, 1)),
    );
    row.prepend(place);
    row.append(moves);
    row.addEventListener("keydown", (event) => {
      if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
      event.preventDefault();
      move(row, event.key === "ArrowUp" ? -1 : 1);
    });
  }
  group.classList.add("is-live");
  number(false);

  function move(row, by) {
    const before = by < 0 ? row.previousElementSibling : row.nextElementSibling?.nextElementSibling;
    if (by < 0 ? !before : !row.nextElementSibling) return;
    const focused = document.activeElement;
    list.insertBefore(row, before ?? null);
    number(true);
    list.querySelector(".just-moved")?.classList.remove("just-moved");
    row.classList.add("just-moved");
    (focused?.disabled ? row.querySelector("button:not([disabled])") : focused)?.focus();
    said.textContent = `${row.querySelector("label").textContent.trim()}: ${row.querySelector(".place").textContent}`;
  }

  /** Writes the places; `chosen` once the reader has moved something, so that nobody sends an order never looked at. */
  function number(chosen) {
    const all = [...list.children];
    all.forEach((row, index) => {
      const select = row.querySelector("select");
      if (chosen) select.value = placeValue(select, index + 1);
      row.querySelector(".place").textContent = Number(select.value) ? index + 1 : "–";
      const [up, down] = row.querySelectorAll(".moves button");
      up.disabled = index === 0;
      down.disabled = index === all.length - 1;
    });
  }
}

const placeOf = (row) => Number(row.querySelector("select").value) || Number.MAX_SAFE_INTEGER;

function placeValue(select, place) {
  return [...select.options].some((option) => option.value === String(place)) ? String(place) : select.value;
}

function button(label, path, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "icon-button";
  made.setAttribute("aria-label", label);
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("class", "icon");
  picture.setAttribute("aria-hidden", "true");
  picture.append(document.createElementNS(SVG, "path"));
  picture.firstChild.setAttribute("d", path);
  made.append(picture);
  made.addEventListener("click", action);
  return made;
}
