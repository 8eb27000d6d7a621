/** What was said of a list is over once the list shows something else; what can be undone stays within reach. */

function forget(event) {
  if (event.detail.target?.id !== "companies") return;
  for (const said of document.querySelectorAll(".messages > :not(:has(button))")) said.remove();
}

export function prepareMessages() {
  document.addEventListener("htmx:afterSwap", forget);
}
