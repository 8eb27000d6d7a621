/** One chart's configuration, from the canvas's data- attributes, its figures and the theme's colours. */
import { resolve } from "./chart_colours.js";
import { insideOptions } from "./chart_inside.js";
import { drawnSeries } from "./chart_series.js";
import { drawTip } from "./chart_tip.js";
import { axisNumber, SHORT_DATES, shortDate } from "./formats.js";

const MANY_POINTS = 200;

/** Bars stand side by side, whatever the time between them, as do parts of weeks; lines lie on a scale of time. */
function xAxis({ interval, labels, times, series }, onTime, stacked, ink) {
  const shared = {
    stacked,
    grid: { display: false },
    border: { color: resolve("chart-grid") },
    ticks: { color: ink, maxRotation: 0, autoSkipPadding: 18 },
  };
  if (!onTime) {
    const named = (at, place) => [shortDate(at, interval), series[0]?.data[place].part].filter(Boolean);
    const words = interval ? times.map(named) : labels;
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

export function chartConfig(canvas, figures) {
  const { chartType: type = "line", chartUnit: unit = "", chartStacked } = canvas.dataset;
  const stacked = chartStacked !== undefined && chartStacked !== "false";
  const ink = resolve("chart-ink");
  const onTime = type === "line" && Boolean(figures.interval) && !figures.states.has("part");
  const alone = figures.series.filter((one) => !one.ghost).length === 1;
  const shape = { type, stacked, onTime, alone, once: figures.labels.length === 1 };
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
        tooltip: { enabled: false, external: ({ chart, tooltip }) => drawTip(chart, tooltip, figures) },
      },
    },
  };
}
