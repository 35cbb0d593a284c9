// Keeps the page up to date. The page is fetched every second and differences are applied in place, so that focus,
// scroll position, text being typed and open details are kept.
"use strict";

const EVERY = 1000;
const AT_MOST = 15000;
let pause = EVERY;
let timer = 0;
let latest = 0;

const byId = (id) => document.getElementById(id);

// --- changing the page in place ---

// Elements with an id are matched by it, others by position.
function pair(parent, fresh) {
  const known = fresh.id && document.getElementById(fresh.id);
  return known && known.parentNode === parent && known.nodeName === fresh.nodeName ? known : null;
}

function alike(old, fresh) {
  return old.nodeName === fresh.nodeName && (old.id || "") === (fresh.id || "");
}

function attributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

function update(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if (old.hasAttribute("data-keep")) return;
  attributes(old, fresh);
  children(old, fresh);
}

function children(old, fresh) {
  let place = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    let kept = pair(old, wanted);
    if (!kept && place && !place.id && alike(place, wanted)) kept = place;
    if (kept) {
      if (kept === place) place = place.nextSibling;
      else old.insertBefore(kept, place);
      update(kept, wanted);
    } else {
      old.insertBefore(document.importNode(wanted, true), place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  if (!fresh.getElementById("foot")) return location.reload(); // signed out
  const held = document.activeElement;
  const place = held && held.id ? null : path(held);
  document.title = fresh.title;
  for (const id of ["top", "accounts", "main", "foot"]) {
    const [old, wanted] = [byId(id), fresh.getElementById(id)];
    if (old && wanted) update(old, wanted);
  }
  if (held && !held.isConnected && place) restore(place);
  return fresh;
}

// If the focused element was removed, the focus moves to the nearest element with an id.
function path(element) {
  return element && element.closest && element.closest("section[id], nav[id], li[id]");
}

function restore(place) {
  const target = place.isConnected ? place.querySelector("button, a, input, select, summary") : byId("main");
  if (target) target.focus({ preventScroll: true });
}

function showMessages(fresh) {
  for (const id of ["said", "wrong"]) {
    const wanted = fresh && fresh.getElementById(id);
    if (wanted) byId(id).replaceChildren(...[...wanted.childNodes].map((node) => document.importNode(node, true)));
  }
}

// --- requests to the fake ---

function here() {
  const url = new URL(location.href);
  url.searchParams.delete("did");
  url.hash = "";
  return url;
}

async function ask(url, options) {
  const turn = ++latest;
  const answer = await fetch(url, { credentials: "same-origin", cache: "no-store", ...options });
  const html = await answer.text();
  // Ignore an answer that an older request receives late.
  return turn === latest ? html : null;
}

function connected(is) {
  const text = is ? "" : "The fake does not answer. Trying again…";
  if (byId("connection").textContent !== text) byId("connection").textContent = text;
  document.body.classList.toggle("stale", !is);
  pause = is ? EVERY : Math.min(pause * 2, AT_MOST);
}

async function load(url, options) {
  try {
    const html = await ask(url, options);
    connected(true);
    return html === null ? null : show(html);
  } catch {
    connected(false);
    return null;
  }
}

async function refresh() {
  clearTimeout(timer);
  if (!document.hidden) await load(here());
  clearTimeout(timer);
  timer = setTimeout(refresh, pause);
}

// --- buttons and links, without leaving the page ---

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  if (form.id === "upload") return upload(form);
  const body = new URLSearchParams(new FormData(form));
  if (body.get("do") === "sign-out") return void HTMLFormElement.prototype.submit.call(form);
  const fresh = await load(form.action, { method: "POST", body });
  showMessages(fresh);
  if (fresh && !fresh.querySelector("#wrong .alert")) form.reset();
});

document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) return void copyText(copy);
  const link = event.target.closest("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const url = new URL(link.href);
  if (url.pathname !== location.pathname || !url.search) return;
  event.preventDefault();
  history.pushState(null, "", url);
  await load(here());
  const target = url.hash && byId(url.hash.slice(1));
  if (target && !target.contains(link)) target.scrollIntoView({ block: "nearest" });
});

addEventListener("popstate", () => load(here()));

async function copyText(button) {
  const source = byId(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    byId("said").textContent = "Copied.";
  } catch {
    // Without https there is no clipboard access; select the text instead.
    getSelection().selectAllChildren(source);
    byId("said").textContent = "Press Ctrl+C to copy.";
  }
}

document.documentElement.classList.add("scripted");
document.addEventListener("visibilitychange", () => document.hidden || refresh());
if (new URL(location.href).searchParams.has("did")) history.replaceState(null, "", here());
timer = setTimeout(refresh, EVERY);
