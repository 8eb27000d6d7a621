/** Rows of an import: after one was saved, the keyboard goes on where the next mistake is. */

/** The first cell to correct in this row, else in one below it, else the row's own button. */
function nextPlace(row) {
  const below = [...row.parentElement.children].slice([...row.parentElement.children].indexOf(row));
  const wrong = below.map((line) => line.querySelector("[aria-invalid]")).find(Boolean);
  return row.querySelector("input:not([type=hidden]), select") ?? wrong ?? row.querySelector("a, button");
}

/** Only what a person did in the table moves the focus; news about other rows does not. */
function goOn(event) {
  const row = event.detail.elt;
  const isRow = row instanceof HTMLTableRowElement && row.closest("[data-import-rows]");
  if (isRow && event.detail.target?.id === row.id && document.activeElement === document.body) nextPlace(row)?.focus();
}

export function prepareImports() {
  document.addEventListener("htmx:afterSettle", goOn);
}
