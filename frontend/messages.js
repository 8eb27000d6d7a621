/** What was said of a step stays in sight of whoever took it, until it is closed or the list shows something else. */

/** A step that htmx sends leaves the page where it is scrolled to, far below the place of messages. */
function keepInSight(event) {
  if (event.detail.requestConfig?.verb !== "post") return;
  document.querySelector("#content > .messages")?.classList.add("is-near");
}

function forget(event) {
  if (event.detail.target?.id !== "companies") return;
  for (const said of document.querySelectorAll(".messages > :not(:has([form]))")) said.remove();
}

/** Where the button was that had the focus, the page itself has it then. */
function close(event) {
  const button = event.target.closest(".notice-close");
  if (!button) return;
  button.closest(".notice").remove();
  document.getElementById("content")?.focus({ preventScroll: true });
}

/** The bar at the top is as high as its words need; what sticks below it, and what keys lead to, has to know. */
function measureTopbar() {
  const bar = document.querySelector(".topbar");
  if (!bar) return;
  const height = () => document.documentElement.style.setProperty("--topbar-height", `${bar.offsetHeight}px`);
  new ResizeObserver(height).observe(bar);
}

export function prepareMessages() {
  measureTopbar();
  document.addEventListener("htmx:afterSwap", keepInSight);
  document.addEventListener("htmx:afterSwap", forget);
  document.addEventListener("click", close);
}
