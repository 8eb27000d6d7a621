/** Colours and patterns of the series; told apart by lightness and dashes as well, for eyes that mix up hues. */

const PALETTE_SIZE = 8;
const DASHES = [[], [], [], [], [10, 4], [10, 4], [10, 4, 2, 4], [10, 4, 2, 4]];

let probe;

/** The theme's variables are light-dark(): only an element knows which of the two holds now. */
export function resolve(name) {
  if (!probe) {
    probe = document.createElement("i");
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

export function seriesColour(index, other) {
  return resolve(other ? "chart-other" : `chart-${(index % PALETTE_SIZE) + 1}`);
}

export function dashOf(index) {
  return DASHES[index % DASHES.length];
}

/** "rgb(1, 2, 3)" to "rgba(1, 2, 3, 0.5)". */
export function withAlpha(colour, alpha) {
  return colour.replace("rgb(", "rgba(").replace(")", `, ${alpha})`);
}

/** Diagonal lines on a pale ground: how a bar says that its figure may still change. */
export function hatch(colour) {
  const size = 8;
  const tile = document.createElement("canvas");
  tile.width = tile.height = size;
  const pen = tile.getContext("2d");
  pen.fillStyle = withAlpha(colour, 0.18);
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift - 1, size + 1);
    pen.lineTo(shift + size + 1, -1);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}
