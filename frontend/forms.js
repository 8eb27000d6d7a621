/** Forms: a second press sends nothing, and country and area are compared while they are chosen. */

/** Only a courtesy: the server recognises a form that is sent twice, with or without this. */
function holdWhileSending(event) {
  if (event.defaultPrevented || event.target.method !== "post") return;
  const buttons = [...event.target.elements].filter((element) => element.type === "submit");
  setTimeout(() => buttons.forEach((button) => (button.disabled = true)));
}

/** A page that comes back from the browser's memory must not stay held. */
function release(event) {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll("button[type=submit]:disabled")) button.disabled = false;
}

/**
 * `data-cross-check` names a json_script: {"CN": ["CN"], "*": ["Non-CN"]}, country code to the areas that fit it.
 * `[data-cross-check-hint]` is shown while the chosen area is not among them; it warns and never bars.
 */
function crossCheck(form) {
  const { country, area } = form.elements;
  const hint = form.querySelector("[data-cross-check-hint]");
  const source = document.getElementById(form.dataset.crossCheck);
  if (!country || !area || !hint || !source) return;
  const fitting = JSON.parse(source.textContent);
  const compare = () => {
    const areas = fitting[country.value] ?? fitting["*"] ?? [];
    hint.hidden = !country.value || !area.value || areas.includes(area.value);
  };
  form.addEventListener("change", compare);
  compare();
}

export function prepareForms(root) {
  root.querySelectorAll("form[data-cross-check]").forEach(crossCheck);
}

document.addEventListener("submit", holdWhileSending);
window.addEventListener("pageshow", release);
