/** Numbers and dates as people read them: digits grouped, a true minus sign, everything in UTC. */
import { DateTime } from "luxon";

const language = document.documentElement.lang || "en";
const full = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 2 });
const longDates = { day: "ccc d LLL yyyy 'UTC'", month: "LLLL yyyy 'UTC'" };

/** How days, months and years stand below an axis, in luxon's letters. */
export const SHORT_DATES = { day: "d LLL", month: "LLL yyyy", year: "yyyy" };

function formatDate(milliseconds, format) {
  return DateTime.fromMillis(milliseconds, { zone: "utc", locale: language }).toFormat(format);
}

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
  return formatDate(milliseconds, longDates[interval]);
}

/** The same to "21 Sep" or "Sep 2026". */
export function shortDate(milliseconds, interval) {
  return formatDate(milliseconds, SHORT_DATES[interval]);
}
