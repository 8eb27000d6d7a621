/** Grids of links (`<table data-grid>`): one stop for the Tab key, arrow keys from cell to cell, Enter opens one. */

/** The links of each row, with the first and last column that their cell covers. */
function linksByRow(table) {
  return [...table.tBodies[0].rows].map((row) => {
    let column = 0;
    return [...row.cells].flatMap((cell) => {
      const first = column;
      column += cell.colSpan;
      const link = cell.querySelector("a");
      return link && cell.tagName === "TD" ? [{ link, first, last: column - 1 }] : [];
    });
  });
}

/** The link of a row that is nearest to a column. */
function nearest(row, column) {
  const distance = ({ first, last }) => Math.max(first - column, column - last, 0);
  return row.reduce((best, place) => (!best || distance(place) < distance(best) ? place : best), undefined);
}

/** Where a key leads from a link: in its row, or up or down to the nearest row that has any. */
function target(rows, here, key) {
  const index = rows.findIndex((row) => row.some(({ link }) => link === here));
  const row = rows[index];
  const at = row.findIndex(({ link }) => link === here);
  const steps = { ArrowLeft: row[at - 1], ArrowRight: row[at + 1], Home: row[0], End: row[row.length - 1] };
  if (key in steps) return steps[key];
  const others = key === "ArrowUp" ? rows.slice(0, index).reverse() : rows.slice(index + 1);
  const other = others.find((candidate) => candidate.length);
  return other && nearest(other, row[at].first);
}

const KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

function prepareGrid(table) {
  const rows = linksByRow(table);
  const links = rows.flat().map(({ link }) => link);
  if (!links.length) return;
  const stop = (chosen) => links.forEach((link) => (link.tabIndex = link === chosen ? 0 : -1));
  const start = links.find((link) => "gridStart" in link.dataset) ?? links[0];
  stop(start);
  const wrap = table.parentElement;
  // What is newest stands at the right edge of a small screen.
  if (start !== links[0]) wrap.scrollLeft = start.parentElement.offsetLeft + 2 * start.offsetWidth - wrap.clientWidth;
  table.addEventListener("focusin", (event) => links.includes(event.target) && stop(event.target));
  table.addEventListener("keydown", (event) => {
    if (!KEYS.includes(event.key) || !links.includes(event.target)) return;
    event.preventDefault();
    target(rows, event.target, event.key)?.link.focus();
  });
}

export function prepareGrids(root) {
  root.querySelectorAll("table[data-grid]").forEach(prepareGrid);
}
