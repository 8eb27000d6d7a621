/** Numbers and dates as people read them: digits grouped, a true minus sign, everything in UTC. */
import { DateTime } from "luxon";

const language = document.documentElement.lang || "en";
const full = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 2 });
const dates = { day: "ccc d LLL yyyy 'UTC'", month: "LLLL yyyy 'UTC'" };

function trueMinus(text) {
  return text.replace("-", "−");
}

export function fullNumber(value) {
  return trueMinus(full.format(value));
}

export function axisNumber(value) {
  return trueMinus((Math.abs(value) < 1e6 ? full : short).format(value));
}

/** Milliseconds and "day" or "month" to "Mon 21 Sep 2026 UTC" or "September 2026 UTC". */
export function longDate(milliseconds, interval) {
  return DateTime.fromMillis(milliseconds, { zone: "utc", locale: language }).toFormat(dates[interval]);
}
