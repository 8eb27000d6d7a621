/** How one series is drawn: solid where settled, dotted or hatched where provisional, nothing where nothing is known. */
import { dashOf, hatch, resolve, seriesColour, withAlpha } from "./chart_colours.js";

const PROVISIONAL_DASH = [3, 4];

/** A function for every point costs much on long lines, so that each is given only where a point needs it. */
function dotted(data) {
  const marked = data.some((point) => point.lonely || point.state === "corrected");
  const open = data.some((point) => point.state === "provisional");
  const stateOf = (segment) => segment.chart.data.datasets[segment.datasetIndex].data[segment.p1DataIndex].state;
  const dash = (segment) => (stateOf(segment) === "provisional" ? PROVISIONAL_DASH : undefined);
  return {
    pointRadius: marked ? ({ raw }) => (raw?.lonely || raw?.state === "corrected" ? 2.5 : 0) : 0,
    segment: open ? { borderDash: dash } : undefined,
  };
}

function lineStyle(colour, index, filled, data) {
  return {
    ...dotted(data),
    borderColor: colour,
    backgroundColor: withAlpha(colour, filled === "stack" ? 0.22 : 0.1),
    borderWidth: filled === "stack" ? 1 : 2,
    borderDash: filled === "stack" ? [] : dashOf(index),
    borderJoinStyle: "round",
    fill: filled,
    spanGaps: false,
    pointBackgroundColor: colour,
    pointHoverRadius: 4,
    pointHitRadius: 8,
  };
}

/** Bars of one day or month stand close together, each as wide as that of what they are compared with. */
function width(stacked, once) {
  return once ? { barThickness: stacked ? 48 : 20 } : { maxBarThickness: 36 };
}

function barStyle(colour, stacked, once) {
  const pattern = hatch(colour);
  const pale = withAlpha(colour, 0.45);
  const ground = (raw, settled) => (raw?.state === "provisional" ? pattern : raw?.part ? pale : settled);
  return {
    ...(stacked ? { stack: "now" } : {}),
    backgroundColor: ({ raw }) => ground(raw, colour),
    hoverBackgroundColor: ({ raw }) => ground(raw, withAlpha(colour, 0.8)),
    borderRadius: 2,
    ...width(stacked, once),
    categoryPercentage: 0.86,
    barPercentage: 0.94,
  };
}

/** What figures are compared with: one dashed line over them, which no stack lifts. */
function ghostStyle(colour) {
  return {
    type: "line",
    stack: "ghost",
    borderColor: colour,
    borderDash: [6, 5],
    borderWidth: 2,
    fill: false,
    pointRadius: ({ raw }) => (raw?.lonely ? 2.5 : 0),
    pointBackgroundColor: colour,
    pointHoverRadius: 4,
    order: -1,
  };
}

/** On a single day or month a line has nowhere to go: an empty bar beside the full ones. */
function ghostBar(colour, stacked) {
  return {
    type: "bar",
    stack: "ghost",
    borderColor: colour,
    borderWidth: 2,
    borderSkipped: false,
    backgroundColor: "transparent",
    borderRadius: 2,
    order: 99,
    ...width(stacked, true),
  };
}

export function drawnSeries(series, index, { type, stacked, alone, onTime, once }) {
  const named = { label: series.label, key: series.key, ghost: series.ghost };
  const data = onTime ? series.data : series.data.map((point, place) => ({ ...point, x: place }));
  if (series.ghost) {
    const ink = resolve("ink");
    return { ...named, data, swatch: ink, ...(once && type === "bar" ? ghostBar(ink, stacked) : ghostStyle(ink)) };
  }
  const colour = seriesColour(index, series.other);
  const filled = stacked ? "stack" : alone && "origin";
  const style = type === "bar" ? barStyle(colour, stacked, once) : lineStyle(colour, index, filled, series.data);
  return { ...style, ...named, data, swatch: colour, order: index };
}
