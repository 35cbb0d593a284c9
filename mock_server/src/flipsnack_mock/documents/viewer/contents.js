"use strict";
// The overview: all pages in small, or those with the words that are looked for.

const contents = document.getElementById("contents");
const words = document.getElementById("words");
const leaves = document.getElementById("leaves");
const texts = pages.map((page) => page.querySelector(".text").textContent.replace(/\s+/g, " ").trim());
const AROUND = 30;

const wanted = () => words.value.trim().toLowerCase();

function openContents(focused) {
  if (!leaves.children.length) leaves.append(...pages.map(leaf));
  leaves.querySelector("[aria-current]")?.removeAttribute("aria-current");
  const here = leaves.children[current - 1].querySelector("a");
  here.setAttribute("aria-current", "page");
  contents.showModal();
  here.scrollIntoView({ block: "center" });
  (focused ?? here).focus();
}

function leaf(page, index) {
  const item = document.createElement("li");
  item.innerHTML = `<a href="#page=${index + 1}"><span>${index + 1}</span><small></small></a>`;
  // The picture is fetched at once unless it is lazy before it has an address.
  const small = Object.assign(new Image(), { loading: "lazy", alt: "Page" });
  for (const name of ["width", "height", "src"]) small.setAttribute(name, page.querySelector("img").getAttribute(name));
  item.firstChild.prepend(small);
  item.firstChild.addEventListener("click", () => contents.close());
  return item;
}

function filterLeaves() {
  const query = wanted();
  let count = 0;
  texts.forEach((text, index) => {
    const at = text.toLowerCase().indexOf(query);
    const item = leaves.children[index];
    item.hidden = at < 0;
    count += at >= 0;
    item.querySelector("small").replaceChildren(...(query && at >= 0 ? excerpt(text, at, query.length) : []));
  });
  document.getElementById("found").value = query ? `${count} of ${pages.length} pages` : "";
  markRuns();
}

function excerpt(text, at, length) {
  const mark = document.createElement("mark");
  mark.textContent = text.slice(at, at + length);
  const start = Math.max(0, at - AROUND);
  return [(start ? "…" : "") + text.slice(start, at), mark, text.slice(at + length, at + length + AROUND)];
}

// Marks the lines that hold the words on the pages that are open.
function markRuns() {
  const query = wanted();
  for (const number of spread(current))
    for (const run of pageOf(number).querySelectorAll(".text span"))
      run.classList.toggle("hit", query !== "" && run.textContent.toLowerCase().includes(query));
}

book.addEventListener("opened", markRuns);
words.addEventListener("input", filterLeaves);
words.addEventListener("keydown", (event) => { if (event.key === "Enter") leaves.querySelector("li:not([hidden]) a")?.click(); });
document.getElementById("thumbnails").addEventListener("click", () => openContents());
document.getElementById("search").addEventListener("click", () => openContents(words));
document.getElementById("close").addEventListener("click", () => contents.close());
contents.addEventListener("click", (event) => { if (event.target === contents) contents.close(); });
for (const part of [words, document.getElementById("search")]) part.hidden = texts.every((text) => text === "");
