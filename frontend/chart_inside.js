/** Looking into a chart: a press follows the links that the table twin has for what is drawn there and that period. */

const NEAR = 24;
const tapped = new WeakMap();
/** What a period's link says of the days; the rest of an address is the series' link's. */
const OF_DAYS = ["since", "until", "period", "interval"];

function tableOf(canvas) {
  return document.getElementById(canvas.dataset.chartTable ?? "");
}

/** The table twin's link that looks into a series; without a key of its own a series is found by its words. */
export function insideLink(canvas, { key, label }) {
  const links = [...(tableOf(canvas)?.querySelectorAll("a[data-inside]") ?? [])];
  return links.find((link) => (key ? link.dataset.inside === key : link.textContent.trim() === label));
}

function periodLink(canvas, period) {
  const links = [...(tableOf(canvas)?.querySelectorAll("a[data-period]") ?? [])];
  return links.find((link) => link.dataset.period === period);
}

/** The address of whose figures these are in a period, of either alone where both are not known; "" for neither. */
function addressOf(canvas, dataset, { period }) {
  const [whose, when] = [dataset.key ? insideLink(canvas, dataset) : undefined, periodLink(canvas, period)];
  if (!whose || !when) return (whose ?? when)?.href ?? "";
  const [address, days] = [new URL(whose.href), new URL(when.href).searchParams];
  for (const name of OF_DAYS) {
    if (days.has(name)) address.searchParams.set(name, days.get(name));
    else address.searchParams.delete(name);
  }
  return address.href;
}

/** What is drawn of the period that the pointer is in: the one whose figures are shown beside it. */
function shownAt(chart, event) {
  return chart
    .getElementsAtEventForMode(event, "index", { axis: "x", intersect: false }, false)
    .filter(({ datasetIndex }) => !chart.data.datasets[datasetIndex].ghost);
}

/** Of these the one at the pointer: of bars the one at its height, of stacked lines the one above, else the nearest. */
function drawnAt(chart, event, shown) {
  const { stacked } = chart.options.scales.y;
  if (chart.config.type === "bar") {
    return shown.find(({ element }) => (stacked ? element.inYRange(event.y) : element.inRange(event.x, event.y)));
  }
  if (!stacked) {
    const near = ({ element }) => Math.abs(element.y - event.y);
    const [nearest] = [...shown].sort((one, other) => near(one) - near(other));
    return nearest && near(nearest) <= NEAR ? nearest : undefined;
  }
  const above = shown.filter(({ element }) => element.y <= event.y && event.y <= chart.chartArea.bottom);
  return above.sort((one, other) => other.element.y - one.element.y)[0];
}

/** Only companies and projects have keys: a press on a metric, or on nothing drawn, leads where its day does. */
function addressAt(chart, event) {
  const shown = shownAt(chart, event);
  if (!shown.length) return "";
  const { datasetIndex, index } = shown[0];
  const drawn = drawnAt(chart, event, shown);
  const period = chart.data.datasets[datasetIndex].data[index];
  return addressOf(chart.canvas, drawn ? chart.data.datasets[drawn.datasetIndex] : {}, period);
}

/** Where nothing hovers, a first press shows the figures of a period and the second one follows. */
function isFirstTap(chart, event) {
  if (!matchMedia("(hover: none)").matches) return false;
  const place = shownAt(chart, event)[0]?.index;
  const known = tapped.get(chart.canvas);
  tapped.set(chart.canvas, place);
  return known !== place;
}

/** Chart.js's options that let a press look into a chart, and the pointer show that it would. */
export const insideOptions = {
  onClick: (event, _elements, chart) => {
    const address = addressAt(chart, event);
    if (!isFirstTap(chart, event) && address) location.assign(address);
  },
  onHover: (event, _elements, chart) => {
    chart.canvas.classList.toggle("chart-clickable", Boolean(addressAt(chart, event)));
  },
};
