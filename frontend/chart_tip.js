/** What stands beside the pointer: a period, each series with its figure and what it is compared with, and their sum. */
import { changeWords, fullNumber, longDate } from "./formats.js";

const GAP = 14;

function element(name, className, ...inside) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...inside);
  return made;
}

/** A square in the colour of the series: as an attribute of a picture, since the policy allows no style in elements. */
function swatch(colour) {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const square = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [name, value] of Object.entries({ width: 10, height: 10 })) picture.setAttribute(name, value);
  square.setAttribute("d", "M0 0H10V10H0Z");
  square.setAttribute("fill", colour);
  picture.append(square);
  return picture;
}

/** One line: the words, the figure with how final it is, and, where there is a comparison, before and change. */
function line(head, { value, state = "", before, change }, words, compared) {
  const numbers = [value === null ? words.missing : fullNumber(value)];
  if (compared && change === undefined) numbers.push("", "");
  else if (compared) {
    numbers.push(before === null ? "–" : fullNumber(before));
    numbers.push(change === null ? "–" : changeWords(change, before, words));
  }
  const cells = numbers.map((text) => element("td", "number", text));
  if (value !== null && words[state]) cells[0].append(` (${words[state]})`);
  return element("tr", "", element("th", "", ...head), ...cells);
}

/** The sum of what is drawn; null as soon as one part of it is not known. */
function sumOf(rows) {
  const values = rows.map(({ point }) => point.y);
  return values.includes(null) ? null : values.reduce((sum, value) => sum + value, 0);
}

function title({ at, period, part }, interval, { wordWeek = "", chartUnit = "" }) {
  const when = interval ? `${wordWeek} ${longDate(at, interval)}`.trim() : period;
  return [when, part, chartUnit].filter(Boolean).join(", ");
}

/** What is in all, beside what it is compared with; of series of which some are hidden, what the others come to. */
function sumLine(rows, ghost, complete, { wordSum, wordShown, chartSums }) {
  if (complete && ghost?.sums) {
    const { now: value, y: before, change } = ghost.point;
    return [wordSum, { value, before, change }];
  }
  const value = sumOf(rows);
  if (chartSums === undefined || rows.length < 2 || value === null) return null;
  return [complete ? wordSum : wordShown, { value }];
}

function table(rows, ghost, complete, { wordBefore, wordChange, ...data }) {
  const words = { ...data, provisional: data.wordProvisional, corrected: data.wordCorrected, missing: data.wordMissing };
  const compared = Boolean(ghost);
  const made = element("table", "");
  if (compared) {
    const heads = ["", "", wordBefore, wordChange].map((text) => element("td", "number", text));
    made.append(element("thead", "", element("tr", "", ...heads)));
  }
  const lines = rows.map(({ dataset, point }) => {
    const head = [swatch(dataset.swatch), element("bdi", "", dataset.label)];
    const { y: value, state, change } = point;
    const before = change === null ? null : value - change;
    return line(head, { value, state, before, change }, words, compared);
  });
  made.append(element("tbody", "", ...lines));
  const sum = sumLine(rows, ghost, complete, data);
  if (sum) made.append(element("tfoot", "", line([sum[0]], sum[1], words, compared)));
  return made;
}

function place(tip, frame, { caretX, caretY }) {
  const left = caretX + GAP + tip.offsetWidth <= frame.clientWidth ? caretX + GAP : caretX - GAP - tip.offsetWidth;
  tip.style.left = `${Math.max(0, Math.min(left, frame.clientWidth - tip.offsetWidth))}px`;
  tip.style.top = `${Math.max(0, Math.min(caretY, frame.clientHeight - tip.offsetHeight))}px`;
}

/** Chart.js's external tooltip: drawn as a table, since a canvas has no columns and cuts off what is long. */
export function drawTip(chart, tooltip, { interval, labels, series }) {
  const frame = chart.canvas.parentElement;
  let tip = frame.querySelector(".chart-tip");
  const raw = tooltip.dataPoints?.[0]?.raw;
  if (!tip) {
    tip = element("div", "chart-tip");
    tip.setAttribute("aria-hidden", "true");
    frame.append(tip);
  }
  tip.hidden = !tooltip.opacity || !raw;
  if (tip.hidden) return;
  const index = labels.indexOf(raw.period);
  const all = series.map((one, number) => ({ ...one, dataset: chart.data.datasets[number], point: one.data[index] }));
  const rows = all.filter(({ ghost }, number) => !ghost && chart.isDatasetVisible(number));
  const complete = series.every((_, number) => chart.isDatasetVisible(number));
  const data = chart.canvas.dataset;
  tip.replaceChildren(
    element("p", "", title(raw, interval, data)),
    table(rows, all.find(({ ghost }) => ghost), complete, data),
  );
  place(tip, frame, tooltip);
}
