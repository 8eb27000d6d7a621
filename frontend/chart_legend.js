/** The legend as buttons, so that a keyboard reaches it: a press shows only this series, with Ctrl it toggles it. */
import { dashOf } from "./chart_colours.js";

const SVG = "http://www.w3.org/2000/svg";

function swatch(colour, line, index) {
  const picture = document.createElementNS(SVG, "svg");
  const stroke = document.createElementNS(SVG, "path");
  for (const [name, value] of Object.entries({ width: 22, height: 10, "aria-hidden": "true" })) {
    picture.setAttribute(name, value);
  }
  stroke.setAttribute("d", "M1 5H21");
  stroke.setAttribute("stroke", colour);
  stroke.setAttribute("stroke-width", line ? 3 : 10);
  if (line) stroke.setAttribute("stroke-dasharray", dashOf(index).join(" "));
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

/** Fills `element` with one button for each series; a chart of one series needs no legend. */
export function drawLegend(element, chart) {
  if (!element) return;
  const datasets = chart.data.datasets;
  element.hidden = datasets.length < 2;
  const keys = datasets.map(({ label, swatch: colour }, index) => {
    const key = document.createElement("button");
    key.type = "button";
    key.className = "chart-key";
    key.append(swatch(colour, chart.config.type === "line", index), label);
    return key;
  });
  const mark = () => keys.forEach((key, index) => key.setAttribute("aria-pressed", chart.isDatasetVisible(index)));
  keys.forEach((key, index) =>
    key.addEventListener("click", (event) => {
      press(chart, index, event.ctrlKey || event.metaKey);
      mark();
    }),
  );
  element.replaceChildren(...keys);
  mark();
}
