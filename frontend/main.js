/** The only script of the portal: what each page gets, and what each piece that htmx brings in gets. */
import htmx from "htmx.org";
import { drawCharts, forgetCharts } from "./charts.js";
import { prepareForms } from "./forms.js";
import { prepareGrids } from "./grid.js";
import { prepareImports } from "./imports.js";
import { prepareMessages } from "./messages.js";
import { prepareNavigation } from "./nav.js";
import { prepareRanges } from "./ranges.js";
import { prepareSelections } from "./select.js";

prepareNavigation();
prepareImports();
prepareMessages();
htmx.onLoad((element) => {
  prepareForms(element);
  prepareGrids(element);
  prepareRanges(element);
  prepareSelections(element);
  drawCharts(element);
});
document.addEventListener("htmx:beforeCleanupElement", (event) => forgetCharts(event.target));
