/** One chart's configuration, from the canvas's data- attributes, its figures and the theme's colours. */
import { resolve } from "./chart_colours.js";
import { insideOptions } from "./chart_inside.js";
import { drawnSeries } from "./chart_series.js";
import { axisNumber, fullNumber, longDate, SHORT_DATES, shortDate } from "./formats.js";

const MANY_POINTS = 200;

/** Bars stand side by side, whatever the time between them; lines lie on a scale of time. */
function xAxis({ interval, labels, times }, onTime, stacked, ink) {
  const shared = {
    stacked,
    grid: { display: false },
    border: { color: resolve("chart-grid") },
    ticks: { color: ink, maxRotation: 0, autoSkipPadding: 18 },
  };
  if (!onTime) {
    const words = interval ? times.map((at) => shortDate(at, interval)) : labels;
    return { ...shared, type: "category", offset: true, labels: words };
  }
  return {
    ...shared,
    type: "time",
    adapters: { date: { zone: "utc", locale: document.documentElement.lang } },
    time: { minUnit: interval, displayFormats: SHORT_DATES },
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
  const { wordProvisional = "", wordCorrected = "", wordMissing = "", wordWeek = "", wordNow = "" } = canvas.dataset;
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
      title: ([item]) =>
        item && (figures.interval ? `${wordWeek} ${longDate(item.raw.at, figures.interval)}`.trim() : item.label),
      labelColor: ({ dataset: { swatch } }) => ({ backgroundColor: swatch, borderColor: swatch, borderRadius: 2 }),
      label: ({ dataset: { label }, raw }) => {
        const value = raw.y === null ? wordMissing : [fullNumber(raw.y), unit].filter(Boolean).join(" ");
        const state = raw.y !== null && words[raw.state] ? ` (${words[raw.state]})` : "";
        const note = raw.note ? `; ${wordNow} ${raw.note}` : state;
        return `${label && label !== unit ? `${label}: ` : ""}${value}${note}`;
      },
    },
  };
}

export function chartConfig(canvas, figures) {
  const { chartType: type = "line", chartUnit: unit = "", chartStacked } = canvas.dataset;
  const stacked = chartStacked !== undefined && chartStacked !== "false";
  const ink = resolve("chart-ink");
  const onTime = type === "line" && Boolean(figures.interval);
  const shape = { type, stacked, onTime, alone: figures.series.filter((one) => !one.ghost).length === 1 };
  const plain = !stacked && !figures.gaps && !figures.states.has("corrected");
  return {
    type,
    data: { datasets: figures.series.map((series, index) => drawnSeries(series, index, shape)) },
    options: {
      animation: false,
      normalized: true,
      parsing: false,
      maintainAspectRatio: false,
      ...insideOptions,
      interaction: { mode: "nearest", axis: "x", intersect: false },
      scales: { x: xAxis(figures, onTime, stacked, ink), y: yAxis(unit, stacked, ink) },
      plugins: {
        decimation: { enabled: plain && figures.labels.length > MANY_POINTS, algorithm: "min-max", threshold: MANY_POINTS },
        tooltip: tooltip(figures, canvas, unit),
      },
    },
  };
}
