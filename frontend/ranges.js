/** Ranges over a grid (`<table data-range="address">`): drag, Shift with arrows or clicks, or taps; they open the address. */

const KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

/** Where each cell lies: its row, and the first and last column that it covers. */
function placesOf(rows) {
  const places = new Map();
  rows.forEach((row, index) => {
    let column = 0;
    for (const cell of row.cells) {
      places.set(cell, { row: index, first: column, last: column + cell.colSpan - 1 });
      column += cell.colSpan;
    }
  });
  return places;
}

/** What lies between two places; usage of several products is read as usage of all, and shown as that. */
function between(rows, heads, one, other, allUsage) {
  const touched = rows.slice(Math.min(one.row, other.row), Math.max(one.row, other.row) + 1);
  const [first, last] = [Math.min(one.first, other.first), Math.max(one.last, other.last)];
  const days = heads.slice(first, last + 1).filter((head) => head.dataset.day);
  if (!days.length) return null;
  const streams = [...new Set(touched.map((row) => row.dataset.stream))];
  const scope = touched.length === 1 ? touched[0].dataset.scope : "";
  const whole = (row) => !scope && row.dataset.stream === "usage";
  const names = streams.map((stream) => {
    const row = touched.find((candidate) => candidate.dataset.stream === stream);
    return whole(row) ? allUsage : row.cells[0].textContent;
  });
  const meant = rows.filter((row) => touched.includes(row) || (streams.includes("usage") && whole(row)));
  return { first, last, days, streams, scope, names, rows: meant };
}

function addressOf(path, { streams, scope, days }) {
  const asked = streams.map((stream) => ["streams", stream]);
  asked.push(["since", days[0].dataset.day], ["until", days.at(-1).dataset.day]);
  if (scope) asked.push(["scope", scope]);
  return `${path}?${new URLSearchParams(asked)}`;
}

/** The words and buttons beside the grid: they follow what is chosen. */
function barOf(table) {
  const bar = document.querySelector("[data-range-bar]");
  const [words, go, cancel, mode] = ["words", "go", "cancel", "mode"].map((n) => bar.querySelector(`[data-range-${n}]`));
  const hint = words.textContent.trim();
  bar.hidden = false;
  const show = (chosen) => {
    go.hidden = cancel.hidden = !chosen;
    if (chosen) go.href = addressOf(table.dataset.range, chosen);
    const ends = chosen && [...new Set([chosen.days[0].dataset.words, chosen.days.at(-1).dataset.words])];
    words.textContent = chosen ? `${words.dataset.chosen} ${chosen.names.join(", ")}, ${ends.join(" – ")}` : hint;
  };
  return { show, go, cancel, mode };
}

function prepareRange(table) {
  const rows = [...table.tBodies[0].rows];
  const heads = [...table.tHead.rows[0].cells];
  const places = placesOf(rows);
  const bar = barOf(table);
  let anchor = null; // where what is chosen begins
  let pressed = null; // where the pointer went down
  const placeOf = (element) => places.get(element?.closest?.("td"));
  const tapping = () => bar.mode.getAttribute("aria-pressed") === "true";

  const choose = (from, to) => {
    const chosen = from && to && between(rows, heads, from, to, table.dataset.allUsage);
    anchor = chosen ? from : null;
    for (const [cell, place] of places) {
      const within = chosen && cell.tagName === "TD" && place.first <= chosen.last && place.last >= chosen.first;
      cell.classList.toggle("chosen", Boolean(within) && chosen.rows.includes(rows[place.row]));
    }
    bar.show(chosen);
  };
  const cancel = () => {
    pressed = null;
    choose(null, null);
  };

  table.addEventListener("dragstart", (event) => event.preventDefault());
  table.addEventListener("pointerdown", (event) => {
    const plain = event.button === 0 && !event.shiftKey && !event.ctrlKey && !event.metaKey;
    pressed = plain && event.pointerType !== "touch" && !tapping() ? placeOf(event.target) : null;
    if (pressed) choose(null, null);
  });
  table.addEventListener("pointerover", (event) => {
    const place = placeOf(event.target);
    if (!pressed || !place || !(event.buttons & 1)) return;
    if (place !== pressed || anchor) choose(place === pressed ? null : pressed, place);
  });
  document.addEventListener("pointerup", () => {
    if (pressed && anchor) location.assign(bar.go.href);
    pressed = null;
  });
  table.addEventListener("click", (event) => {
    const place = placeOf(event.target);
    if (!place || !(event.shiftKey || tapping())) return;
    event.preventDefault();
    choose(anchor ?? place, place);
  });
  table.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && anchor && !tapping()) {
      event.preventDefault();
      location.assign(bar.go.href);
    }
    if (!KEYS.includes(event.key)) return;
    if (event.shiftKey) choose(anchor ?? placeOf(event.target), placeOf(document.activeElement));
    else if (anchor && !tapping()) cancel();
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && (anchor || pressed) && cancel());
  bar.cancel.addEventListener("click", cancel);
  bar.mode.addEventListener("click", () => bar.mode.setAttribute("aria-pressed", String(!tapping())));
}

/** Called after the grids were prepared: a key has moved the focus before it is looked at here. */
export function prepareRanges(root) {
  root.querySelectorAll("table[data-range]").forEach(prepareRange);
}
