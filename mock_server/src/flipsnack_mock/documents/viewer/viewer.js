"use strict";
// What the reader turns pages with: buttons, keys, the slider, the address, a click, a swipe, a corner.

const element = (id) => document.getElementById(id);
const SLOP = 8;
const FAR_ENOUGH = 0.15;
const step = (sign) => goTo(sign > 0 ? after() : before());

function showState() {
  const numbers = spread(current);
  element("position").value = `${numbers.join("–")} / ${pages.length}`;
  element("slider").value = current;
  element("previous").disabled = numbers[0] === 1;
  element("next").disabled = numbers.at(-1) === pages.length;
}

book.addEventListener("opened", showState);
element("previous").addEventListener("click", () => step(-1));
element("next").addEventListener("click", () => step(1));
element("slider").addEventListener("input", (event) => openAt(Number(event.target.value)));

const KEYS = {
  ArrowRight: after, PageDown: after, " ": after, ArrowLeft: before, PageUp: before,
  Home: () => 1, End: () => pages.length,
};
document.addEventListener("keydown", (event) => {
  const taken = contents.open || event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input");
  if (taken || !(event.key in KEYS) || (event.key === " " && event.target.matches("button"))) return;
  event.preventDefault();
  goTo(event.key === " " && event.shiftKey ? before() : KEYS[event.key]());
});

// The page is kept in the address, so a reload or a shared link opens where the reader was.
const addressed = () => clamp(parseInt(location.hash.replace("#page=", ""), 10) || 1);
addEventListener("hashchange", () => goTo(addressed()));
book.addEventListener("beforematch", (event) => openAt(pages.indexOf(event.target.closest(".page")) + 1));

double.addEventListener("change", () => openAt(current));
addEventListener("resize", settle);

// Twice as large, the book scrolls in its stage.
const zoom = element("zoom");
zoom.addEventListener("click", () => {
  const stage = element("stage");
  const zoomed = stage.classList.toggle("zoomed");
  zoom.setAttribute("aria-pressed", zoomed);
  stage.tabIndex = zoomed ? 0 : -1;
  settle();
});

const full = element("fullscreen");
full.hidden = !document.fullscreenEnabled;
full.addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
});
document.addEventListener("fullscreenchange", () => full.setAttribute("aria-pressed", Boolean(document.fullscreenElement)));

// The pointer: `held` is where it went down and, once it has moved, the turn that it draws. A click that ends a drag or
// a selection is `spent`: it turns no page.
let held = null;
let spent = false;

for (const [sign, side] of [[1, "next"], [-1, "previous"]])
  for (const end of ["top", "bottom"]) {
    const corner = Object.assign(document.createElement("i"), { className: `corner ${side} ${end}` });
    Object.assign(corner.dataset, { sign, end });
    corner.addEventListener("pointerenter", peek);
    corner.addEventListener("pointerleave", () => { if (turn?.peeks && !held) release(false); });
    book.append(corner);
  }

// A mouse over a corner lifts it a little.
function peek({ pointerType, target }) {
  const { sign, end } = target.dataset;
  const number = sign > 0 ? after() : before();
  if (pointerType !== "mouse" || held || turn || still.matches || isOpen(number)) return;
  begin(number, end === "top");
  turn.peeks = true;
  const [x, y] = turn.start;
  const lift = turn.width / 9;
  glide(turn.start, [x + (x > 0 ? -1 : 1) * lift, y + (y ? -1 : 1) * lift / 2], () => {});
}

book.addEventListener("pointerdown", (event) => {
  // A mouse selects text where it is on a line; a finger has to be held down.
  const selects = event.pointerType === "mouse" && event.target.matches(".text span");
  spent = selects || getSelection().toString() !== "";
  if (!event.isPrimary || event.button || selects) return;
  getSelection().removeAllRanges();
  const box = book.getBoundingClientRect();
  held = { x: event.clientX, y: event.clientY, top: event.clientY < box.top + box.height / 2, corner: event.target.dataset.sign };
});

book.addEventListener("pointermove", (event) => {
  if (!held || !event.isPrimary || (held.turn && held.turn !== turn)) return;
  const [x, y] = [event.clientX - held.x, event.clientY - held.y];
  if (!held.turn && !grasp(x, y, event.pointerId)) return;
  const { start, sign, corner } = held.turn;
  // A corner stays under the pointer; a swipe anywhere moves the fold along with it.
  held.moved = x * (start === corner ? -sign : sign);
  held.turn.draw(held.corner
    ? [start[0] + x * sign, start[1] + y]
    : [start[0] + 2 * x * sign, start[1] + (held.top ? 0.3 : -0.3) * Math.abs(x)]);
});

// Begins the turn that a pointer which has moved by x and y means; false when it means none yet.
function grasp(x, y, pointer) {
  const number = (held.corner ? held.corner > 0 : x < 0) ? after() : before();
  if (Math.abs(x) < SLOP || Math.abs(x) < Math.abs(y) || isOpen(number)) return false;
  begin(number, held.top);
  book.setPointerCapture(pointer);
  held.turn = turn;
  return (spent = true);
}

function drop(event) {
  const { turn: drawn, moved } = held ?? {};
  held = null;
  if (drawn && drawn === turn) release(event.type === "pointerup" && moved > FAR_ENOUGH * drawn.width);
}
for (const type of ["pointerup", "pointercancel"]) addEventListener(type, drop);

book.addEventListener("click", (event) => {
  if (spent) return;
  const box = book.getBoundingClientRect();
  step(event.clientX - box.left > box.width * (double.matches ? 0.5 : 0.3) ? 1 : -1);
});
book.addEventListener("dragstart", (event) => event.preventDefault());

// Where the reader has zoomed in, a finger moves the view.
visualViewport?.addEventListener("resize", () => { book.style.touchAction = visualViewport.scale > 1.01 ? "auto" : ""; });

openAt(addressed());
