/** Navigation and menus: everything works without this; it folds the navigation and closes menus kindly. */

const YEAR = 365 * 24 * 60 * 60;

function fold(button) {
  const narrow = document.documentElement.dataset.nav !== "narrow";
  document.documentElement.dataset.nav = narrow ? "narrow" : "wide";
  button.setAttribute("aria-pressed", String(narrow));
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `nav=${narrow ? "narrow" : "wide"}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
}

function closeMenusExcept(kept) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== kept) menu.open = false;
  }
}

function closeByEscape(event) {
  const open = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (!open) return;
  const held = open.contains(document.activeElement);
  open.open = false;
  if (held) open.querySelector("summary").focus();
}

export function prepareNavigation() {
  const button = document.querySelector("[data-nav-fold]");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => fold(button));
  }
  document.addEventListener("click", (event) => closeMenusExcept(event.target.closest("details.menu")));
  document.addEventListener("keydown", closeByEscape);
}
