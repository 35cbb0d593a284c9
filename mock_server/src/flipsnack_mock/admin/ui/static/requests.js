// The list of requests: rows do not move while somebody reads them. The list is held while it is paused, pointed at,
// focused, scrolled, or has an open request; meanwhile the page says how many new requests there are.
"use strict";

let shown = 0; // the number of the latest request that the list may show

function isRead() {
  const list = byId("requests");
  if (!list) return false;
  const isOpen = document.querySelector("#journal .more") !== null;
  return isOpen || list.matches(":hover") || list.contains(document.activeElement) || list.getBoundingClientRect().top < 0;
}

// The address with the hold, if there is one.
function held(url) {
  const address = new URL(url, location.href);
  const isPaused = byId("hold") && byId("hold").ariaPressed === "true";
  if (!shown || !(isPaused || isRead())) return address;
  address.searchParams.set("seen", shown);
  // Without an account the page follows the one that was used last.
  if (!address.searchParams.has("account")) address.searchParams.set("account", byId("journal").dataset.account);
  return address;
}

function release() {
  shown = 0;
}

function listed(address) {
  const journal = byId("journal");
  if (journal && !address.searchParams.has("seen")) shown = Number(journal.dataset.latest);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("#hold");
  if (!button) return;
  button.ariaPressed = String(button.ariaPressed !== "true");
  if (button.ariaPressed === "false") release();
  load(here());
});

listed(new URL(location.href));
