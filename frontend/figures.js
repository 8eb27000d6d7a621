/** What a chart's address answers, brought into the form that Chart.js draws without parsing. */

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MONTH = /^\d{4}-\d{2}$/;

function intervalOf(labels) {
  if (labels.length && labels.every((label) => DAY.test(label))) return "day";
  if (labels.length && labels.every((label) => MONTH.test(label))) return "month";
  return null;
}

/** ISO days and months without a time are UTC by the language's own rule. */
function moments(labels, interval) {
  return labels.map((label, index) => (interval ? Date.parse(label) : index));
}

function points(series, times) {
  return times.map((at, index) => ({ x: at, at, y: series.data[index] ?? null, state: series.states?.[index] ?? "" }));
}

/** One value between two gaps has no line to lie on: without a dot it would be invisible. */
function markLonely(data) {
  data.forEach((point, index) => {
    const before = data[index - 1]?.y ?? null;
    const after = data[index + 1]?.y ?? null;
    point.lonely = point.y !== null && before === null && after === null;
  });
  return data;
}

/** {"labels": [...], "datasets": [{label, data, states?, other?}]} to labels, interval, times, states and series. */
export function readFigures({ labels, datasets }) {
  const interval = intervalOf(labels);
  const times = moments(labels, interval);
  const series = datasets.map((dataset) => ({
    label: dataset.label ?? "",
    other: Boolean(dataset.other),
    data: markLonely(points(dataset, times)),
  }));
  const all = series.flatMap((one) => one.data);
  const states = new Set(all.map((point) => point.state));
  const gaps = all.some((point) => point.y === null);
  if (gaps) states.add("missing");
  return { labels, interval, times, series, states, gaps };
}

export function hasFigures({ series }) {
  return series.some((one) => one.data.some((point) => point.y !== null));
}
