/** Looking into a chart: a press on it follows the links that the table twin has for that series and that period. */

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

/** The address of a series in a period, of either alone where there is no link for both; "" where there is none. */
function addressOf(canvas, dataset, { period }) {
  const [whose, when] = [insideLink(canvas, dataset), periodLink(canvas, period)];
  if (!whose || !when) return (whose ?? when)?.href ?? "";
  const [address, days] = [new URL(whose.href), new URL(when.href).searchParams];
  for (const name of OF_DAYS) {
    if (days.has(name)) address.searchParams.set(name, days.get(name));
    else address.searchParams.delete(name);
  }
  return address.href;
}

/** What is drawn under the pointer: a bar, of stacked lines the one that it is below, of others the nearest one. */
function drawnAt(chart, event) {
  const shown = chart
    .getElementsAtEventForMode(event, "index", { axis: "x", intersect: false }, false)
    .filter(({ datasetIndex }) => !chart.data.datasets[datasetIndex].ghost);
  if (chart.config.type === "bar") return shown.find(({ element }) => element.inRange(event.x, event.y));
  if (!chart.options.scales.y.stacked) {
    const near = ({ element }) => Math.abs(element.y - event.y);
    const [nearest] = shown.sort((one, other) => near(one) - near(other));
    return nearest && near(nearest) <= NEAR ? nearest : undefined;
  }
  const above = shown.filter(({ element }) => element.y <= event.y && event.y <= chart.chartArea.bottom);
  return above.sort((one, other) => other.element.y - one.element.y)[0];
}

function addressAt(chart, event) {
  const found = drawnAt(chart, event);
  const dataset = found && chart.data.datasets[found.datasetIndex];
  return dataset ? addressOf(chart.canvas, dataset, dataset.data[found.index]) : "";
}

/** Where nothing hovers, a first press shows the figures of a period and the second one follows. */
function isFirstTap(chart, event) {
  if (!matchMedia("(hover: none)").matches) return false;
  const found = drawnAt(chart, event);
  const known = tapped.get(chart.canvas);
  tapped.set(chart.canvas, found?.index);
  return known !== found?.index;
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
