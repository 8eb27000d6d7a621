/** Looking into a series: a click on it follows the link that the table twin has for it. */

const NEAR = 24;

/** The link in the page that looks into a series; without a key of its own a series is found by its words. */
export function insideLink({ key, label }) {
  const links = [...document.querySelectorAll("a[data-inside]")];
  return links.find((link) => (key ? link.dataset.inside === key : link.textContent.trim() === label));
}

function heightOf({ element }) {
  return element.y;
}

/** The dataset under the pointer: of a stack the part that it is in, of lines the nearest one. */
function datasetAt(chart, event) {
  const shown = chart
    .getElementsAtEventForMode(event, "index", { axis: "x", intersect: false }, false)
    .filter(({ datasetIndex }) => !chart.data.datasets[datasetIndex].ghost);
  if (!chart.options.scales.y.stacked) {
    const near = (one) => Math.abs(heightOf(one) - event.y);
    const [nearest] = shown.sort((one, other) => near(one) - near(other));
    return nearest && near(nearest) <= NEAR ? nearest.datasetIndex : -1;
  }
  const above = shown.filter((one) => heightOf(one) <= event.y && event.y <= chart.chartArea.bottom);
  return above.sort((one, other) => heightOf(other) - heightOf(one))[0]?.datasetIndex ?? -1;
}

function linkAt(chart, event) {
  const dataset = chart.data.datasets[datasetAt(chart, event)];
  return dataset && insideLink(dataset);
}

/** Chart.js's options that let a click look into a series, and the pointer show that it would. */
export const insideOptions = {
  onClick: (event, _elements, chart) => linkAt(chart, event)?.click(),
  onHover: (event, _elements, chart) => {
    chart.canvas.classList.toggle("chart-clickable", Boolean(linkAt(chart, event)));
  },
};
