/** Finds every canvas with data-chart-url, fetches its figures, draws them, and draws again when the theme changes. */
import { Chart } from "./chart_kit.js";
import { chartConfig } from "./chart_config.js";
import { drawLegend } from "./chart_legend.js";
import { hasFigures, readFigures } from "./figures.js";

const drawn = new Map();

function part(canvas, name) {
  return canvas.closest("[data-chart]")?.querySelector(`[data-chart-${name}]`);
}

/** Shows the chart, or what stands there instead of it ("failed", "empty"); only a drawn chart can be saved. */
function show(canvas, name) {
  canvas.hidden = Boolean(name);
  const picture = part(canvas, "png");
  if (picture) {
    picture.hidden = Boolean(name);
    const menu = picture.closest("details");
    menu.hidden = !menu.querySelector(".menu-item:not([hidden])");
  }
  for (const instead of ["failed", "empty"]) {
    const element = part(canvas, instead);
    if (element) element.hidden = instead !== name;
  }
}

async function fetchFigures(canvas) {
  const answer = await fetch(canvas.dataset.chartUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return readFigures(await answer.json());
}

function draw(canvas, figures) {
  drawn.get(canvas)?.chart.destroy();
  const chart = new Chart(canvas, chartConfig(canvas, figures));
  drawn.set(canvas, { chart, figures });
  drawLegend(part(canvas, "legend"), part(canvas, "reset"), chart);
  for (const state of ["provisional", "missing", "part"]) {
    const note = part(canvas, `note-${state}`);
    if (note) note.hidden = !figures.states.has(state);
  }
  const inside = part(canvas, "note-inside");
  if (inside) inside.hidden = false;
}

async function load(canvas) {
  canvas.setAttribute("aria-busy", "true");
  try {
    const figures = await fetchFigures(canvas);
    await document.fonts.ready;
    if (!canvas.isConnected) return;
    show(canvas, hasFigures(figures) ? "" : "empty");
    if (hasFigures(figures)) draw(canvas, figures);
  } catch {
    show(canvas, "failed");
  } finally {
    canvas.removeAttribute("aria-busy");
  }
}

/** Saves what is seen, on the colour of its card: a transparent picture is unreadable in half of all programs. */
function savePicture(canvas) {
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  const paper = copy.getContext("2d");
  paper.fillStyle = getComputedStyle(canvas.closest(".card") ?? document.body).backgroundColor;
  paper.fillRect(0, 0, copy.width, copy.height);
  paper.drawImage(canvas, 0, 0);
  copy.toBlob((picture) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(picture);
    link.download = `${canvas.dataset.chartName || "chart"}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}

function start(canvas) {
  if (canvas.dataset.chartStarted) return;
  canvas.dataset.chartStarted = "yes";
  part(canvas, "retry")?.addEventListener("click", () => load(canvas));
  part(canvas, "png")?.addEventListener("click", () => savePicture(canvas));
  load(canvas);
}

function redraw() {
  for (const [canvas, { figures }] of drawn) draw(canvas, figures);
}

export function drawCharts(root) {
  root.querySelectorAll("canvas[data-chart-url]").forEach(start);
}

export function forgetCharts(element) {
  drawn.get(element)?.chart.destroy();
  drawn.delete(element);
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
