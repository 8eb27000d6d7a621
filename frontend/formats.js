/** Numbers and dates as people read them: digits grouped, a true minus sign, everything in UTC. */
import { DateTime } from "luxon";

const language = document.documentElement.lang || "en";
const full = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
const tenths = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
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

/** A change and what it is of before: "+12 (+3.4 %)", "+12 (new)" from nothing, the word for none where there is none. */
export function changeWords(change, before, { wordNew, wordUnchanged }) {
  if (!change) return wordUnchanged;
  const sign = change > 0 ? "+" : "−";
  const share = Math.abs((100 * change) / before);
  const growth = share < 0.05 ? "<0.1" : tenths.format(share);
  return `${sign}${full.format(Math.abs(change))} (${before ? `${sign}${growth}\u00a0%` : wordNew})`;
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
