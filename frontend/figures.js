/** What a chart's address answers, brought into the form that Chart.js draws without parsing. */

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MONTH = /^\d{4}-\d{2}$/;
/** Long series tell their states by first letters. */
const STATES = { p: "provisional", s: "settled", c: "corrected", m: "missing" };

function intervalOf(labels) {
  if (labels.length && labels.every((label) => DAY.test(label))) return "day";
  if (labels.length && labels.every((label) => MONTH.test(label))) return "month";
  return null;
}

/** ISO days and months without a time are UTC by the language's own rule. */
function moments(labels, interval) {
  return labels.map((label, index) => (interval ? Date.parse(label) : index));
}

function stateAt(states, index) {
  const state = states?.[index] ?? "";
  return STATES[state] ?? state;
}

function points({ data, states, changes, now, parts }, labels, times) {
  return times.map((at, index) => ({
    x: at,
    at,
    period: labels[index],
    y: data[index] ?? null,
    state: stateAt(states, index),
    change: changes ? (changes[index] ?? null) : undefined,
    now: now?.[index] ?? null,
    part: parts?.[index] ?? "",
  }));
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

/**
 * {"labels": [...], "datasets": [{label, data, states?, other?, ghost?, changes?, now?, parts?, key?}]} to labels,
 * interval, times, states and series. A ghost is what the others are compared with: whether it is known says nothing
 * about them; `now` is what stands against it.
 */
export function readFigures({ labels, datasets }) {
  const interval = intervalOf(labels);
  const times = moments(labels, interval);
  const series = datasets.map((dataset) => ({
    label: dataset.label ?? "",
    key: dataset.key ?? "",
    other: Boolean(dataset.other),
    ghost: Boolean(dataset.ghost),
    sums: Boolean(dataset.now),
    data: markLonely(points(dataset, labels, times)),
  }));
  const all = series.filter((one) => !one.ghost).flatMap((one) => one.data);
  const states = new Set(all.map((point) => point.state));
  const gaps = all.some((point) => point.y === null);
  if (gaps) states.add("missing");
  if (all.some((point) => point.part)) states.add("part");
  return { labels, interval, times, series, states, gaps };
}

export function hasFigures({ series }) {
  return series.some((one) => !one.ghost && one.data.some((point) => point.y !== null));
}
