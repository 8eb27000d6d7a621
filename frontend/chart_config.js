/** One chart's configuration, from the canvas's data- attributes, its figures and the theme's colours. */
import { dashOf, hatch, resolve, seriesColour, withAlpha } from "./chart_colours.js";
import { axisNumber, fullNumber, longDate } from "./formats.js";

const PROVISIONAL_DASH = [3, 4];
const MANY_POINTS = 200;

function lineStyle(colour, index, filled) {
  const stateOf = (segment) => segment.chart.data.datasets[segment.datasetIndex].data[segment.p1DataIndex].state;
  return {
    borderColor: colour,
    backgroundColor: withAlpha(colour, filled === "stack" ? 0.22 : 0.1),
    borderWidth: filled === "stack" ? 1 : 2,
    borderDash: filled === "stack" ? [] : dashOf(index),
    borderJoinStyle: "round",
    fill: filled,
    spanGaps: false,
    pointRadius: ({ raw }) => (raw?.lonely || raw?.state === "corrected" ? 2.5 : 0),
    pointBackgroundColor: colour,
    pointHoverRadius: 4,
    pointHitRadius: 8,
    segment: { borderDash: (segment) => (stateOf(segment) === "provisional" ? PROVISIONAL_DASH : undefined) },
  };
}

function barStyle(colour) {
  const pattern = hatch(colour);
  return {
    backgroundColor: ({ raw }) => (raw?.state === "provisional" ? pattern : colour),
    hoverBackgroundColor: ({ raw }) => (raw?.state === "provisional" ? pattern : withAlpha(colour, 0.8)),
    borderRadius: 2,
    maxBarThickness: 36,
    categoryPercentage: 0.86,
    barPercentage: 0.94,
  };
}

function dataset(series, index, { type, stacked, alone }) {
  const colour = seriesColour(index, series.other);
  const filled = stacked ? "stack" : alone && "origin";
  const style = type === "bar" ? barStyle(colour) : lineStyle(colour, index, filled);
  return { ...style, label: series.label, data: series.data, swatch: colour, order: index };
}

function xAxis({ interval, labels }, type, stacked, ink) {
  const shared = {
    stacked,
    offset: type === "bar",
    grid: { display: false },
    border: { color: resolve("chart-grid") },
    ticks: { color: ink, maxRotation: 0, autoSkipPadding: 18 },
  };
  if (!interval) return { ...shared, type: "category", labels };
  return {
    ...shared,
    ticks: { ...shared.ticks, source: type === "bar" ? "data" : "auto" },
    type: "time",
    adapters: { date: { zone: "utc", locale: document.documentElement.lang } },
    time: { minUnit: interval, displayFormats: { day: "d LLL", month: "LLL yyyy", year: "yyyy" } },
  };
}

function yAxis(unit, stacked, ink) {
  return {
    stacked,
    beginAtZero: true,
    grid: { color: resolve("chart-grid"), drawTicks: false },
    border: { display: false },
    ticks: { color: ink, padding: 8, maxTicksLimit: 6, callback: axisNumber },
    title: { display: Boolean(unit), text: unit, color: ink, font: { weight: 500 } },
  };
}

function tooltip(figures, canvas, unit) {
  const { wordProvisional = "", wordCorrected = "" } = canvas.dataset;
  const words = { provisional: wordProvisional, corrected: wordCorrected };
  return {
    backgroundColor: resolve("chart-tip"),
    titleColor: "#fff",
    bodyColor: "#fff",
    padding: 10,
    cornerRadius: 8,
    boxPadding: 5,
    boxWidth: 10,
    boxHeight: 10,
    multiKeyBackground: "transparent",
    callbacks: {
      title: ([item]) => item && (figures.interval ? longDate(item.raw.x, figures.interval) : item.label),
      labelColor: ({ dataset: { swatch } }) => ({ backgroundColor: swatch, borderColor: swatch, borderRadius: 2 }),
      label: ({ dataset: { label }, raw }) => {
        const value = [fullNumber(raw.y), unit].filter(Boolean).join(" ");
        const note = words[raw.state] ? ` (${words[raw.state]})` : "";
        return `${label && label !== unit ? `${label}: ` : ""}${value}${note}`;
      },
    },
  };
}

export function chartConfig(canvas, figures) {
  const { chartType: type = "line", chartUnit: unit = "", chartStacked } = canvas.dataset;
  const stacked = chartStacked !== undefined && chartStacked !== "false";
  const ink = resolve("chart-ink");
  const shape = { type, stacked, alone: figures.series.length === 1 };
  const many = figures.labels.length > MANY_POINTS && !figures.gaps && !stacked;
  return {
    type,
    data: { datasets: figures.series.map((series, index) => dataset(series, index, shape)) },
    options: {
      animation: false,
      normalized: true,
      parsing: false,
      maintainAspectRatio: false,
      interaction: { mode: "nearest", axis: "x", intersect: false },
      scales: { x: xAxis(figures, type, stacked, ink), y: yAxis(unit, stacked, ink) },
      plugins: {
        decimation: { enabled: many, algorithm: "min-max", threshold: MANY_POINTS },
        tooltip: tooltip(figures, canvas, unit),
      },
    },
  };
}
