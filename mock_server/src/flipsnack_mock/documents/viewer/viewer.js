"use strict";
(function () {
  const book = window.FLIPBOOK;
  const element = (id) => document.getElementById(id);
  const clamp = (number) => Math.min(Math.max(number, 1), book.pages.length);

  // The page is kept in the address (#page=3), so a reload or a shared link opens where the reader was.
  let current = clamp(parseInt(location.hash.replace("#page=", ""), 10) || 1);

  function show(direction) {
    const page = element("page");
    page.src = book.pages[current - 1];
    page.alt = book.title + ", page " + current;
    page.className = "";
    void page.offsetWidth;
    page.className = direction;
    element("position").value = current + " / " + book.pages.length;
    element("previous").disabled = current === 1;
    element("next").disabled = current === book.pages.length;
  }

  function turn(step) {
    const target = clamp(current + step);
    if (target === current) return;
    current = target;
    history.replaceState(null, "", "#page=" + current);
    show(step > 0 ? "forward" : "backward");
  }

  document.title = book.title;
  element("title").textContent = book.title;
  element("previous").addEventListener("click", () => turn(-1));
  element("next").addEventListener("click", () => turn(1));
  element("page").addEventListener("click", () => turn(1));
  document.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1,
                    Home: -book.pages.length, End: book.pages.length };
    if (event.key in steps) { event.preventDefault(); turn(steps[event.key]); }
  });
  show("");
})();
