"use strict";
// One turn of a page, drawn: `front` is the page that is folded over, `back` the one on its other side.
// `sign` is 1 when the page hangs on the spine by its left edge, -1 by its right edge; `top` when it is folded by its upper
// corner; `beneath` when there is a page under it for its shadow to fall on.

class Turn {
  constructor(book, { front, back, sign, top, beneath }) {
    Object.assign(this, { book, front, back, sign });
    [this.width, this.height] = [front.offsetWidth, front.offsetHeight];
    this.corner = [this.width, top ? 0 : this.height];
    this.far = [-this.width, this.corner[1]];
    this.shadow = book.querySelector(".shadow");
    this.cast = book.querySelector(".cast");
    this.shadow.hidden = !beneath;
    this.shadow.classList.add(sign > 0 ? "right" : "left");
    for (const part of [back, this.cast]) part.classList.add(sign > 0 ? "left" : "right");
    front.classList.add("front");
    back.classList.add("back");
    book.classList.add("turning");
  }

  // Draws the fold that takes the corner to `point`.
  draw(point) {
    this.point = point;
    const fold = foldSheet(this.width, this.height, this.corner, point);
    const clip = (points) => `polygon(${points.map(([x, y]) => `${x}px ${y}px`).join()})`;
    this.front.style.clipPath = fold ? clip(fold.kept.map((point) => this.onFront(point))) : "";
    this.shadow.style.opacity = fold ? 1 : 0;
    for (const part of [this.back, this.cast.firstChild]) {
      part.style.clipPath = fold ? clip(fold.flap.map((point) => this.onBack(point))) : "polygon(0 0)";
      part.style.transform = fold ? this.placed(fold) : "";
    }
    if (fold) this.shade(fold);
  }

  // Where a point of the sheet is on the page in front, from its top left corner, and on the page at its back.
  onFront([x, y]) { return [this.sign > 0 ? x : this.width - x, y]; }
  onBack([x, y]) { return [this.sign > 0 ? this.width - x : x, y]; }

  // The page at the back lies opposite when it is not folded. Two reflections are a rotation: its letters stay readable.
  placed(fold) {
    const place = (x, y) => {
      const [outward, down] = fold.mirrored(this.onBack([x, y]));
      return [this.sign > 0 ? this.width + outward : -outward, down];
    };
    const [origin, right, below] = [place(0, 0), place(1, 0), place(0, 1)];
    const axes = [right, below].flatMap((end) => [end[0] - origin[0], end[1] - origin[1]]);
    return `matrix(${[...axes, ...origin].map((value) => value.toFixed(5)).join()})`;
  }

  shade({ normal, middle, depth }) {
    const [reach, across] = [Math.min(depth, this.width / 3), this.width];
    const out = [normal[0] * this.sign, normal[1]];
    this.shadow.style.background = this.gradient(out, this.onFront(middle), [["#0005", 0], ["#0002", reach / 3], ["#0000", reach]]);
    this.back.style.setProperty("--shade", this.gradient([-out[0], out[1]], this.onBack(middle), [
      ["#0004", 0], ["#fff5", 0.03 * across], ["#0002", 0.09 * across], ["#0000", 0.3 * across],
    ]));
  }

  // A gradient along `direction` whose stops are so many pixels from `start`.
  gradient(direction, start, stops) {
    const angle = Math.atan2(direction[0], -direction[1]);
    const length = Math.abs(this.width * Math.sin(angle)) + Math.abs(this.height * Math.cos(angle));
    const [x, y] = [start[0] - this.width / 2, start[1] - this.height / 2];
    const first = length / 2 + x * direction[0] + y * direction[1];
    return `linear-gradient(${angle}rad, ${stops.map(([colour, at]) => `${colour} ${first + at}px`).join()})`;
  }

  // Takes away what was drawn; which pages are shown from now on is the book's business.
  end() {
    this.book.classList.remove("turning");
    for (const part of [this.front, this.back, this.shadow, this.cast, this.cast.firstChild]) {
      part.classList.remove("front", "back");
      part.removeAttribute("style");
    }
    for (const part of [this.back, this.shadow, this.cast]) part.classList.remove("left", "right");
  }
}
