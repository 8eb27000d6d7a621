/** The legend as buttons, so that a keyboard reaches it: a press shows only this series, with Ctrl it toggles it. */
import { dashOf } from "./chart_colours.js";
import { insideLink } from "./chart_inside.js";

const SVG = "http://www.w3.org/2000/svg";

function swatch(colour, line, dash) {
  const picture = document.createElementNS(SVG, "svg");
  const stroke = document.createElementNS(SVG, "path");
  for (const [name, value] of Object.entries({ width: 22, height: 10, "aria-hidden": "true" })) {
    picture.setAttribute(name, value);
  }
  stroke.setAttribute("d", "M1 5H21");
  stroke.setAttribute("stroke", colour);
  stroke.setAttribute("stroke-width", line ? 3 : 10);
  if (line) stroke.setAttribute("stroke-dasharray", dash.join(" "));
  picture.append(stroke);
  return picture;
}

function press(chart, pressed, toggle) {
  const indices = chart.data.datasets.map((_, index) => index);
  const onlyPressed = indices.every((index) => chart.isDatasetVisible(index) === (index === pressed));
  for (const index of indices) {
    if (!toggle) chart.setDatasetVisibility(index, onlyPressed || index === pressed);
    else if (index === pressed) chart.setDatasetVisibility(index, !chart.isDatasetVisible(index));
  }
  chart.update();
}

function keyOf({ label, swatch: colour, ghost, borderDash }, index, lines) {
  const key = document.createElement("button");
  key.type = "button";
  key.className = "chart-key";
  const name = document.createElement("bdi");
  name.textContent = label;
  key.append(swatch(colour, lines || ghost, ghost ? (borderDash ?? []) : dashOf(index)), name);
  return key;
}

/** A second link to what the table twin's heading leads to. */
function linkInto(canvas, dataset, word) {
  const target = insideLink(canvas, dataset);
  if (!target) return [];
  const link = document.createElement("a");
  link.href = target.href;
  link.className = "chart-inside";
  link.textContent = "›";
  link.setAttribute("aria-label", `${word}: ${dataset.label}`);
  link.title = link.getAttribute("aria-label");
  return [link];
}

/** Fills `element` with one button for each series; a chart of one series needs no legend. `reset` shows all again. */
export function drawLegend(element, reset, chart) {
  if (!element) return;
  const datasets = chart.data.datasets;
  element.hidden = datasets.length < 2;
  element.title = element.getAttribute("aria-label");
  const keys = datasets.map((dataset, index) => keyOf(dataset, index, chart.config.type === "line"));
  const mark = () => {
    keys.forEach((key, index) => key.setAttribute("aria-pressed", chart.isDatasetVisible(index)));
    if (reset) reset.hidden = datasets.every((_, index) => chart.isDatasetVisible(index));
  };
  keys.forEach((key, index) =>
    key.addEventListener("click", (event) => {
      press(chart, index, event.ctrlKey || event.metaKey);
      mark();
    }),
  );
  if (reset) {
    reset.onclick = () => {
      datasets.forEach((_, index) => chart.setDatasetVisibility(index, true));
      chart.update();
      mark();
      keys[0].focus();
    };
  }
  const entries = keys.map((key, index) => {
    const entry = document.createElement("span");
    entry.className = "chart-entry";
    entry.append(key, ...linkInto(chart.canvas, datasets[index], element.dataset.wordInside));
    return entry;
  });
  element.replaceChildren(...entries);
  mark();
}
