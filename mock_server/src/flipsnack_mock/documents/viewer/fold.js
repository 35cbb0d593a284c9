"use strict";
// The geometry of a sheet of paper that is folded over by one of its outer corners.
// A point is [x, y] in pixels: x runs from the spine to the outer edge of the sheet, y from its top edge down.

// What a fold looks like that takes `corner` of a sheet to `wanted`, or as near as the paper reaches; null when it lies flat.
// `kept` and `flap` are the polygons on both sides of the fold; `mirrored` takes a point of the flap to where it comes to lie.
function foldSheet(width, height, corner, wanted) {
  const point = reachable(width, height, corner, wanted);
  const way = [corner[0] - point[0], corner[1] - point[1]];
  const length = Math.hypot(...way);
  if (length < 1) return null;
  const normal = [way[0] / length, way[1] / length];
  const middle = [(corner[0] + point[0]) / 2, (corner[1] + point[1]) / 2];
  const beyond = ([x, y]) => (x - middle[0]) * normal[0] + (y - middle[1]) * normal[1];
  const mirrored = (point) => point.map((value, axis) => value - 2 * beyond(point) * normal[axis]);
  const outline = [[0, 0], [width, 0], [width, height], [0, height]];
  return {
    normal, middle, mirrored, depth: length / 2,
    kept: cut(outline, (point) => -beyond(point)),
    flap: cut(outline, beyond),
  };
}

// Paper does not stretch: the corner stays as far from both ends of the spine as it is.
function reachable(width, height, corner, wanted) {
  const near = within(wanted, [0, corner[1]], width);
  return within(near, [0, height - corner[1]], Math.hypot(width, height));
}

function within(point, centre, radius) {
  const way = [point[0] - centre[0], point[1] - centre[1]];
  const scale = Math.min(1, radius / Math.hypot(...way));
  return [centre[0] + way[0] * scale, centre[1] + way[1] * scale];
}

// The part of the convex polygon `outline` where `inside` is not negative.
function cut(outline, inside) {
  return outline.flatMap((point, index) => {
    const next = outline[(index + 1) % outline.length];
    const [here, there] = [inside(point), inside(next)];
    const part = here / (here - there);
    const border = [point[0] + part * (next[0] - point[0]), point[1] + part * (next[1] - point[1])];
    return [...(here >= 0 ? [point] : []), ...(here * there < 0 ? [border] : [])];
  });
}
