/** Rows that are ticked in a list: the form that changes many says how many those are, and a button ticks them all. */

const boxes = () => [...document.querySelectorAll("input[data-select]")];

function prepareSelection(form) {
  const count = form.querySelector("[data-ticked-count]");
  const ticked = form.querySelector("[data-which-ticked]");
  const page = form.querySelector("[data-tick-page]");
  const counts = form.querySelectorAll("[data-change-count]");
  let last = null; // the box that was ticked before: Shift ticks all between
  page.hidden = false;
  form.dataset.ready = "";

  const show = () => {
    const all = boxes();
    const number = all.filter((box) => box.checked).length;
    count.textContent = number ? `(${number})` : "";
    page.setAttribute("aria-pressed", String(number === all.length));
    form.toggleAttribute("data-active", number > 0 || !ticked.checked);
    for (const place of counts) place.textContent = `(${ticked.checked ? number : form.dataset.matching})`;
  };
  page.addEventListener("click", () => {
    const all = boxes();
    const tick = all.some((box) => !box.checked);
    for (const box of all) box.checked = tick;
    ticked.checked = true;
    show();
  });
  form.addEventListener("change", show);
  for (const box of boxes()) {
    box.addEventListener("click", (event) => {
      const all = boxes();
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      if (event.shiftKey && from >= 0) for (const one of all.slice(from, to + 1)) one.checked = box.checked;
      last = box;
      ticked.checked = true;
      show();
    });
  }
  show();
}

/** What is ticked stays ticked when the list is brought anew: in another order, or with the tag that was put on. */
let ticked = new Set();
document.addEventListener("htmx:beforeSwap", () => {
  ticked = new Set(boxes().flatMap((box) => (box.checked ? [box.value] : [])));
});

function tickAgain() {
  for (const box of boxes()) if (ticked.has(box.value)) box.checked = true;
  ticked = new Set();
}

export function prepareSelections(root) {
  if (root.querySelector("form[data-change-many]")) tickAgain();
  root.querySelectorAll("form[data-change-many]").forEach(prepareSelection);
}
