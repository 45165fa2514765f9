// <form data-filter>: a choice filters at once; words are sent when the writer pauses or presses Enter.
const PAUSE = 700;

export function start(form) {
  let waiting;
  let composing = false;
  const send = () => {
    clearTimeout(waiting);
    sessionStorage.setItem("filter", `${location.pathname}#${document.activeElement?.id ?? ""}`);
    form.requestSubmit();
  };
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, [type=checkbox], [type=radio], [type=date]")) send();
  });
  form.addEventListener("compositionstart", () => (composing = true));
  form.addEventListener("compositionend", () => (composing = false));
  form.addEventListener("input", (event) => {
    if (!event.target.matches("[type=search]")) return;
    clearTimeout(waiting);
    if (!composing) waiting = setTimeout(send, PAUSE);
  });
  // An empty field is left out of the address, so that a filtered list has a short one to pass on.
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
  comeBack(form);
}

/** After the page has come back, the keyboard is where it was. */
function comeBack(form) {
  const [path, id] = (sessionStorage.getItem("filter") ?? "").split("#");
  sessionStorage.removeItem("filter");
  const field = path === location.pathname && id ? document.getElementById(id) : null;
  if (!field || !form.contains(field)) return;
  field.focus();
  if (field.type === "search") field.setSelectionRange(field.value.length, field.value.length);
}
