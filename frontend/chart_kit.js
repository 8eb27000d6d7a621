/** The parts of Chart.js that are used, registered once, in the page's own type. */
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Decimation,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  TimeScale,
  Tooltip,
} from "chart.js";
import "chartjs-adapter-luxon";

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Decimation,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  TimeScale,
  Tooltip,
);
Object.assign(Chart.defaults.font, { family: getComputedStyle(document.body).fontFamily, size: 12 });

export { Chart };
