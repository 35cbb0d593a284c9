"use strict";
// The pages of the book: which are shown, and how it goes from one to another.

const book = document.getElementById("book");
const pages = [...book.querySelectorAll(".page")];
const double = matchMedia("(min-width: 900px)");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const DURATION = 700;

let current = 1;
let shown = [];
let turn = null;

book.insertAdjacentHTML("beforeend", '<div class="page blank"></div><div class="shadow"></div><div class="cast"><i></i></div>');
const blank = book.querySelector(".blank");
// Pages out of sight can still be found by the browser's own search.
for (const page of pages) page.hidden = "until-found";

const clamp = (number) => Math.min(Math.max(number, 1), pages.length);
const pageOf = (number) => pages[number - 1];

// The numbers of the pages that are open when `number` is: the cover lies alone, then pairs.
function spread(number) {
  if (!double.matches || number === 1) return [number];
  const left = number - (number % 2);
  return left < pages.length ? [left, left + 1] : [left];
}

const before = () => clamp(spread(spread(current)[0] - 1 || 1)[0]);
const after = () => clamp(spread(current).at(-1) + 1);
const isOpen = (number) => spread(current).includes(number);

// Shows `numbers` and no other page.
function lay(numbers) {
  for (const page of shown) if (!numbers.includes(pages.indexOf(page) + 1)) put(page, "");
  shown = numbers.map(pageOf);
  for (const number of numbers) put(pageOf(number), double.matches && number % 2 === 0 ? "left" : "right");
  // A page has to be in sight before its text can be measured.
  if (book.offsetWidth) shown.forEach(fitText);
}

function put(page, side) {
  page.classList.remove("left", "right");
  if (side) page.classList.add(side);
  if (Boolean(side) === page.hasAttribute("hidden")) page.hidden = side ? false : "until-found";
}

// Stretches each run of text to the width that it has in the picture. Both grow with the page, so once is enough.
function fitText(page) {
  if (page.dataset.fitted) return;
  const runs = [...page.querySelectorAll(".text span")];
  const sheet = page.querySelector(".sheet").clientWidth;
  const widths = runs.map((run) => run.offsetWidth);
  runs.forEach((run, index) => {
    if (widths[index]) run.style.setProperty("--stretch", (run.style.getPropertyValue("--w") * sheet) / widths[index]);
  });
  page.dataset.fitted = "true";
}

function load(numbers) {
  for (const number of numbers) pageOf(number).querySelector("img").loading = "eager";
}

// Makes `number` the current page; what is drawn follows by `settle`.
function adopt(number) {
  current = number;
  const open = spread(current);
  book.dataset.alone = !double.matches || open.length > 1 ? "" : current % 2 ? "right" : "left";
  if (!open.includes(Number(location.hash.replace("#page=", "")))) history.replaceState(null, "", `#page=${current}`);
  book.dispatchEvent(new Event("opened"));
}

// Ends a turn that is under way: the current pages lie flat.
function settle() {
  turn?.end();
  turn = null;
  lay(spread(current));
  load([...spread(before()), ...spread(after())]);
}

// Takes hold of the page that is turned on the way to `number`, by its top or bottom corner.
function begin(number, top) {
  settle();
  const [here, there, forward] = [spread(current), spread(number), number > current];
  lay([...here, ...there]);
  const parts = double.matches
    ? { front: pageOf(forward ? here.at(-1) : here[0]), back: pageOf(forward ? there[0] : there.at(-1)), sign: forward ? 1 : -1 }
    : { front: pageOf(Math.min(number, current)), back: blank, sign: 1 };
  const beneath = !double.matches || there.length > 1;
  turn = new Turn(book, { ...parts, top, beneath });
  // Where single pages turn back, the earlier page comes in again.
  const returns = !double.matches && !forward;
  Object.assign(turn, { number, start: returns ? turn.far : turn.corner, goal: returns ? turn.corner : turn.far });
  turn.draw(turn.start);
}

// Lets go of the page: it falls to the other side, or back.
function release(forward) {
  const { point, start, goal, number } = turn;
  if (forward) adopt(number);
  glide(point, forward ? goal : start, settle);
}

// Moves the corner in a low arc.
function glide(from, to, done) {
  const [mine, began] = [turn, performance.now()];
  const distance = Math.hypot(to[0] - from[0], to[1] - from[1]) / (2 * mine.width);
  const lift = (mine.corner[1] ? -1 : 1) * 0.3 * distance * mine.height;
  const duration = still.matches ? 0 : DURATION * (0.4 + 0.6 * distance);
  const step = (now) => {
    if (turn !== mine) return;
    const time = duration ? Math.min(1, (now - began) / duration) : 1;
    const way = time < 0.5 ? 2 * time * time : 1 - 2 * (1 - time) * (1 - time);
    const along = (axis) => from[axis] + (to[axis] - from[axis]) * way;
    mine.draw([along(0), along(1) + lift * Math.sin(Math.PI * way)]);
    if (time < 1) requestAnimationFrame(step);
    else done();
  };
  step(began);
}

function openAt(number) {
  adopt(clamp(number));
  settle();
}

// Turns to the pages at `number`; no turn where there is nothing to see of it.
function goTo(number) {
  if (isOpen(number)) return;
  if (still.matches || document.hidden) return openAt(number);
  if (turn?.number !== number) begin(number, false);
  release(true);
}
