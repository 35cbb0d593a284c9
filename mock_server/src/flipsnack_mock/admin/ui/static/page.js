// Keeps the page up to date. The page is fetched every second and differences are applied in place, so that focus,
// scroll position, text being typed and open details are kept.
"use strict";

const EVERY = 1000;
const AT_MOST = 15000;
const SHOWN = 6000;
let fading = 0;
let pause = EVERY;
let timer = 0;
let latest = 0;
let posting = false; // the answer to a form must not be overtaken by a refresh

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
    if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
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
  for (const id of ["top", "main", "foot"]) {
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
  settle();
}

// A status message goes away by itself, an error message by its button or Escape.
function settle() {
  clearTimeout(fading);
  fading = setTimeout(() => byId("said").replaceChildren(), SHOWN);
  const alert = byId("wrong").firstElementChild;
  if (!alert) return;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "small";
  close.textContent = "Close";
  close.onclick = () => byId("wrong").replaceChildren();
  alert.append(close);
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
  const address = held(url);
  try {
    const html = await ask(address, options);
    connected(true);
    if (html === null) return null;
    const fresh = show(html);
    listed(address);
    return fresh;
  } catch {
    connected(false);
    return null;
  }
}

async function refresh() {
  clearTimeout(timer);
  if (!document.hidden && !posting) await load(here());
  clearTimeout(timer);
  timer = setTimeout(refresh, pause);
}

// --- buttons and links, without leaving the page ---

document.addEventListener("submit", async (event) => {
  const form = event.target;
  event.preventDefault();
  if (form.id === "upload") return upload(form);
  const given = new URLSearchParams(new FormData(form));
  if (form.method === "get") return void go(form.action, given);
  if (given.get("do") === "sign-out") return void HTMLFormElement.prototype.submit.call(form);
  posting = true;
  const fresh = await load(form.action, { method: "POST", body: given });
  posting = false;
  if (!fresh) return;
  showMessages(fresh);
  if (fresh.querySelector("#wrong .alert")) return;
  if (form.hasAttribute("data-explain")) return byId("diagnosis").replaceChildren(...fresh.getElementById("diagnosis").childNodes);
  const made = fresh.querySelector("#accounts [aria-current]");
  if (["fork", "create-account"].includes(given.get("do")) && made) history.pushState(null, "", made.href);
  const question = form.closest("details.ask");
  if (question) question.open = false;
  form.reset();
});

function go(action, given) {
  const url = new URL(action);
  url.search = new URLSearchParams([...given].filter(([, value]) => value));
  byId("account-list").open = given.has("find");
  release();
  history.pushState(null, "", url);
  load(url);
}

document.addEventListener("change", async (event) => {
  const field = event.target;
  if (field.matches("[data-navigate]")) field.form.requestSubmit();
  if (field.dataset.into && field.files[0]) byId(field.dataset.into).value = await field.files[0].text();
});

document.addEventListener("click", async (event) => {
  for (const open of document.querySelectorAll("#account-list[open], .ask[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) return void copyText(copy);
  const link = event.target.closest("a[href]");
  if (!link || link.hash === link.getAttribute("href") || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const url = new URL(link.href);
  if (url.pathname !== location.pathname || !url.search || link.target) return;
  event.preventDefault();
  if (link.id === "fresh" || url.searchParams.get("account") !== here().searchParams.get("account")) release();
  if (link.closest("#account-list ul")) byId("account-list").open = false;
  history.pushState(null, "", url);
  await load(url);
  if (url.hash === "#settings") byId("settings-form").open = true;
  const target = url.hash && byId(url.hash.slice(1));
  if (target && !target.contains(link)) target.scrollIntoView({ block: target.id === "journal" ? "start" : "nearest" });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  byId("wrong").replaceChildren();
  const menu = event.target.closest("#account-list, details.ask");
  if (!menu || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

addEventListener("popstate", () => load(here()));

async function copyText(button) {
  const source = byId(button.dataset.copy);
  const words = button.firstChild.data;
  try {
    await navigator.clipboard.writeText(source.href || source.textContent);
    copied(button, "Copied", "Copied.", words);
  } catch {
    // Without https there is no clipboard access; select the text instead.
    getSelection().selectAllChildren(source);
    copied(button, "Ctrl+C", "Press Ctrl+C to copy.", words);
  }
}

// The button says what happened, too, and not the page that is fetched meanwhile.
function copied(button, short, long, words) {
  say("said", long, "done");
  button.dataset.keep = "";
  button.firstChild.data = short;
  setTimeout(() => {
    button.firstChild.data = words;
    delete button.dataset.keep;
  }, 2000);
}

document.documentElement.classList.add("scripted");
document.addEventListener("visibilitychange", () => document.hidden || refresh());
if (new URL(location.href).searchParams.has("did")) history.replaceState(null, "", here());
timer = setTimeout(refresh, EVERY);
